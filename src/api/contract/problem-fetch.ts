/** Problems on their way to a typed client. Apart from their schema, so that a browser need not load the validator. */

export const problemType = 'application/problem+json';

/**
 * For the link's `fetch`: the client's decoder takes only `application/json` for JSON and would
 * hand on a problem as a file.
 */
export async function problemFetch(request: Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(request, init);
  if (!(response.headers.get('content-type') ?? '').startsWith(problemType)) return response;
  const headers = new Headers(response.headers);
  headers.set('content-type', 'application/json');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
