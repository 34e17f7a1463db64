// The IANA name of the reader's own time zone.
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
