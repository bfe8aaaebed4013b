/**
 * A file has two names. The bare one (`features.ts`) is what people, problems and stack traces see; the key
 * (`./features.ts`) is its specifier in a program, which no library can have.
 */
export const bareName = (name: string): string => (name.startsWith('./') ? name.slice(2) : name);

export const moduleKey = (name: string): string => `./${bareName(name)}`;

/** Flows have no folders, and a name must survive a stack trace and an import specifier unchanged. */
export const isFileName = (name: string): boolean => /^[\w-][\w.-]{0,99}\.ts$/.test(bareName(name));
