import type { Readable } from 'node:stream';
import type { RequestContext } from '#core/domain/context.js';
import type { ImageChoice, ImageDriver, PullPolicy } from '#core/domain/spec.js';
import type { EngineImage, RuntimeDriver } from '#core/runtime/driver.js';

/** An image as both front ends need to know it. */
export interface ImageRecord {
  readonly id: string;
  readonly name: string;
  readonly status: 'queued' | 'saving' | 'active' | 'deleted' | 'killed';
  readonly minRamMb: number;
  readonly minDiskGb: number;
  readonly containerFormat: string;
  /** Engine reference that it is run from (`docker.io/library/busybox:latest`). */
  readonly reference: string;
  readonly sizeBytes: number | null;
  readonly ownerId: string | null;
  readonly visibility: 'public' | 'private' | 'shared' | 'community';
  readonly properties: Readonly<Record<string, string>>;
}

/** Where images come from. Reads never touch an engine; only `ensure` does, on the host that needs the image. */
export interface ImageProvider {
  /** For the Nova API. @throws NotFound('image') */
  byId(context: RequestContext, id: string): Promise<ImageRecord>;
  /** For the native API: what `image` in a create means. @throws NotFound('image'), Ambiguous('image') */
  choose(
    context: RequestContext,
    name: string,
    driver: ImageDriver | null,
    policy: PullPolicy | null,
  ): Promise<ImageChoice>;
  /**
   * Makes the image present on the engine, by its pull policy. One download per image at a time, however many ask.
   * @returns the engine's image, whose `id` the container is created from
   * @throws EngineRefused('not-found') when it is nowhere, Unavailable when a registry does not answer
   */
  ensure(driver: RuntimeDriver, image: ImageChoice, signal: AbortSignal): Promise<EngineImage>;
  /** Notes what an engine has, so that users find it in the image list. Called by the agent at boot and after image events. */
  engineHas(host: string, images: readonly EngineImage[]): Promise<void>;
  /** Reads the archive of an image (`docker save` form). */
  download?(context: RequestContext, id: string): Promise<Readable>;
}
