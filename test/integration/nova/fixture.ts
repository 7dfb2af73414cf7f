import type { Answer, ApiClient, Json, RequestOptions } from '#test/lib/api-client.js';
import { until } from '#test/lib/until.js';

type Options = RequestOptions & { version?: string };

/** A compute client of a deployment that knows ids and waits. */
export interface Compute {
  readonly image: string;
  call(method: string, path: string, options?: Options): Promise<Answer>;
  /** Creates a server that goes on running; its id. */
  boot(name: string, over?: Record<string, unknown>, options?: Options): Promise<string>;
  show(id: string, options?: Options): Promise<Json>;
  /** Waits for the status with no task left. */
  reaches(id: string, status: string): Promise<Json>;
  act(id: string, action: Record<string, unknown>, options?: Options): Promise<Answer>;
  gone(id: string): Promise<void>;
}

export async function compute(client: ApiClient): Promise<Compute> {
  // The host's agent reports its images shortly after it has begun to serve.
  const image = await until('the image busybox', async () => {
    const images = await client.request('image', 'GET', '/v2/images?name=busybox');
    return images.json.list('images')[0]?.str('id');
  });
  const call: Compute['call'] = (method, path, options) => client.nova(method, path, options);
  const show: Compute['show'] = async (id, options) =>
    (await call('GET', `/servers/${id}`, options)).json.get('server');
  return {
    image,
    call,
    show,
    boot: async (name, over = {}, options = {}) => {
      const server = { name, imageRef: image, flavorRef: 'c1', ...over };
      const made = await call('POST', '/servers', { ...options, body: { server } });
      if (made.status !== 202) throw new Error(`no server: ${made.status} ${made.text}`);
      return made.json.str('server', 'id');
    },
    reaches: (id, status) =>
      until(
        `${status} of ${id}`,
        async () => {
          const seen = await show(id);
          const idle = seen.get('OS-EXT-STS:task_state').value === null;
          return idle && seen.str('status') === status ? seen : null;
        },
        20_000,
      ),
    act: (id, action, options) => call('POST', `/servers/${id}/action`, { ...options, body: action }),
    gone: async (id) => {
      await until(`end of ${id}`, async () => (await call('GET', `/servers/${id}`)).status === 404, 20_000);
    },
  };
}

/** The message of a refusal, whatever its name. */
export const messageOf = ({ json }: Answer): string => {
  const [fault] = typeof json.value === 'object' && json.value !== null ? Object.keys(json.value) : [];
  return json.str(fault ?? '', 'message');
};
