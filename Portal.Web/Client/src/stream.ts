import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

export interface Listener<T> {
  /** The first of a (new) connection begins with the whole history: what was there before is replaced. */
  heard(batch: T, first: boolean): void;
  /** Null: connected. Otherwise how many seconds until the next attempt. */
  waiting(seconds: number | null): void;
  /** Whether what is followed is known to be over, so that a completed stream is the end and not an interruption. */
  over(): boolean;
}

const firstWait = 0.5, longestWait = 10;

/** What is asked of the hub: a method that streams, and its arguments. */
export type Asked = [method: string, ...args: string[]];

/** Follows a stream until it is over or stopped; after an interruption it asks for the whole history again. */
export function follow<T>(hub: string, asked: Asked, listener: Listener<T>): () => void {
  const stop = new AbortController();
  void run(hub, asked, listener, stop.signal);
  return () => stop.abort();
}

async function run<T>(hub: string, asked: Asked, listener: Listener<T>, stop: AbortSignal): Promise<void> {
  for (let wait = firstWait; !stop.aborted; wait = Math.min(wait * 2, longestWait)) {
    const heard = await watch(hub, asked, listener, stop);
    if (stop.aborted || listener.over()) return;
    if (heard) wait = firstWait;
    listener.waiting(wait);
    await pause(wait * 1000 * (0.75 + Math.random() / 2), stop);
  }
}

/** One connection, from start to end; true when it brought anything. */
async function watch<T>(hub: string, [method, ...args]: Asked, listener: Listener<T>, stop: AbortSignal): Promise<boolean> {
  const connection = new HubConnectionBuilder().withUrl(hub).configureLogging(LogLevel.None).build();
  let heard = false;
  const close = (): void => void connection.stop();
  stop.addEventListener("abort", close);
  try {
    await connection.start();
    await new Promise<void>((resolve) => {
      connection.onclose(() => resolve());
      connection.stream<T>(method, ...args).subscribe({
        next: (batch) => {
          if (!heard) listener.waiting(null);
          listener.heard(batch, !heard);
          heard = true;
        },
        complete: resolve,
        error: () => resolve(),
      });
    });
  } catch {
    // Not reachable now: the caller waits and asks again, and the page says so.
  } finally {
    stop.removeEventListener("abort", close);
    await connection.stop();
  }
  return heard;
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
