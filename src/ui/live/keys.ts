/** Ctrl, or Cmd on machines of Apple: never both, so that Ctrl+S of a Mac stays its own. */
export const isCommand = (event: KeyboardEvent): boolean =>
  (onApple() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey;

export const commandKey = (): string => (onApple() ? 'Cmd' : 'Ctrl');

const onApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);
