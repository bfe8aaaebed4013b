/** `domain phones`, `11 to 20 words` */
export function sliceName(name: string): string {
  const [kind, ...rest] = name.split(':');
  const value = rest.join(':');
  if (kind !== 'length') return value === '' ? name : `${kind} ${value}`;
  return `${value.replace('-', ' to ').replace('+', ' and more')} words`;
}
