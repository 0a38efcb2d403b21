// The server's events: parts of the picture as they change, and whether what is shown is still so.

const SILENCE_MS = 4000;
const AGAIN_MS = 2000;

/** Calls `take[part](data)` for every part, and `stale(line)` each second: a line if the picture is old, else "". */
export class Stream {
  constructor(take, stale) {
    Object.assign(this, { take, stale, view: {}, source: null, head: null, heardMs: Date.now() });
    setInterval(() => this.look(), 1000);
    // A page that nobody sees costs nothing.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open(this.view)));
  }

  /** Begins anew with another instrument or interval. */
  open(view) {
    this.close();
    this.view = view;
    this.heardMs = Date.now();
    this.source = new EventSource(`events?${new URLSearchParams(view)}`);
    for (const part of Object.keys(this.take)) {
      this.source.addEventListener(part, (event) => this.hear(part, JSON.parse(event.data)));
    }
    this.source.addEventListener("error", () => {
      if (this.source?.readyState === EventSource.CLOSED) this.again = setTimeout(() => this.open(this.view), AGAIN_MS);
    });
  }

  close() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }

  hear(part, data) {
    this.heardMs = Date.now();
    if (part === "head") this.head = data;
    this.take[part](data);
  }

  look() {
    const silentMs = Date.now() - this.heardMs;
    if (document.hidden) return;
    if (silentMs > SILENCE_MS) {
      this.stale(`No word from tapeflow ui for ${Math.round(silentMs / 1000)} s: is it still running?`);
    } else {
      this.stale((this.head?.sources ?? []).map((source) => source.fault).filter(Boolean).join("; "));
    }
  }
}
