export interface Link {
  readonly href: string;
  readonly rel: 'self' | 'bookmark';
}

/** Address of a resource: what `Location` says. */
export const selfLink = (baseUrl: string, collection: string, id: string): string =>
  `${baseUrl}/v1/${collection}/${id}`;

/** Links of a single object (native-api.md 3.2). */
export const linksOf = (baseUrl: string, collection: string, id: string): readonly Link[] => [
  { href: selfLink(baseUrl, collection, id), rel: 'self' },
  { href: `${baseUrl}/${collection}/${id}`, rel: 'bookmark' },
];
