declare module 'virtual:sandbox-frame' {
  /** The whole document of the frame, for `srcdoc`. */
  const srcdoc: string;
  export default srcdoc;
}

declare module 'virtual:author-libraries' {
  /** Addresses of the libraries that author code can import, by specifier; each is the JSON of a LinkedModule. */
  const addresses: Readonly<Record<string, string>>;
  export default addresses;
}
