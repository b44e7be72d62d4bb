// <ko-scan for="id_equipment" [kind="equipment"]></ko-scan>
// A button that reads a QR code or barcode by camera into a field; by photo where no camera may be opened.
import { assetUrl, element, icon } from "../core/assets";
import { readScan, type Scanned } from "../core/scan_text";
import { say } from "../core/texts";

type Read = (source: HTMLVideoElement | ImageBitmap) => Promise<string | null>;

interface Detected {
  readonly rawValue: string;
}

interface Detector {
  detect(source: CanvasImageSource): Promise<readonly Detected[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39"];
const PAUSE_MS = 120;
// Enough for a label held at arm's length, small enough for an old phone to search eight times a second.
const SEARCH_WIDTH = 960;

let chosen: Promise<Read> | null = null;

/** Choose the browser's own reader, else load ours. */
function reader(): Promise<Read> {
  chosen ??= nativeReader().then((native) => native ?? ownReader());
  return chosen;
}

async function nativeReader(): Promise<Read | null> {
  const Native = (window as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (Native === undefined) return null;
  const supported = await Native.getSupportedFormats();
  if (!supported.includes("qr_code")) return null;
  const detector = new Native({ formats: FORMATS.filter((format) => supported.includes(format)) });
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
}

async function ownReader(): Promise<Read> {
  const { read } = (await import(assetUrl("reader"))) as typeof import("../reader");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (source) => {
    const width = "videoWidth" in source ? source.videoWidth : source.width;
    const height = "videoHeight" in source ? source.videoHeight : source.height;
    if (width === 0 || context === null) return null;
    const scale = Math.min(1, SEARCH_WIDTH / width);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return read(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

export class ScanElement extends HTMLElement {
  #dialog: HTMLDialogElement | null = null;
  #stream: MediaStream | null = null;
  readonly #note = element("p", { className: "ko-scan-note" });

  connectedCallback(): void {
    if (this.querySelector("button") !== null) return;
    const button = element("button", { className: "btn ko-scan-button" });
    button.type = "button";
    button.append(icon("qrcode"), element("span", { text: this.dataset["label"] ?? say("scan") }));
    button.addEventListener("click", () => void this.#start());
    this.#note.setAttribute("role", "status");
    this.replaceChildren(button, this.#note);
  }

  disconnectedCallback(): void {
    this.#close();
  }

  async #start(): Promise<void> {
    this.#note.textContent = "";
    // Only on https or localhost may a page open the camera; a photo may be taken anywhere.
    if (navigator.mediaDevices?.getUserMedia === undefined) return this.#askPhoto();
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
      });
    } catch {
      return this.#askPhoto();
    }
    await this.#watch(this.#stream);
  }

  async #watch(stream: MediaStream): Promise<void> {
    const dialog = element("dialog", { className: "ko-scan-dialog" });
    const video = element("video");
    video.playsInline = true;
    video.muted = true;
    video.srcObject = stream;
    const cancel = element("button", { className: "btn", text: say("cancel") });
    cancel.type = "button";
    cancel.addEventListener("click", () => dialog.close());
    dialog.append(element("p", { text: say("scan_hint") }), video, cancel);
    dialog.addEventListener("close", () => this.#close());
    this.append(dialog);
    this.#dialog = dialog;
    dialog.showModal();
    await video.play();
    const read = await reader();
    while (this.#dialog === dialog && dialog.open) {
      const text = await read(video).catch(() => null);
      if (text !== null && text !== "") {
        navigator.vibrate?.(60);
        this.#take(text);
        dialog.close();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #askPhoto(): void {
    const input = element("input");
    input.type = "file";
    input.accept = "image/*";
    input.setAttribute("capture", "environment");
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file !== undefined) void this.#readPhoto(file);
    });
    input.click();
  }

  async #readPhoto(file: File): Promise<void> {
    let text: string | null = null;
    try {
      const picture = await createImageBitmap(file);
      text = await (await reader())(picture);
    } catch {
      text = null;
    }
    if (text === null || text === "") this.#note.textContent = say("scan_nothing");
    else this.#take(text);
  }

  #take(text: string): void {
    const scanned = readScan(text);
    const wanted = this.getAttribute("kind");
    if (wanted !== null && scanned.kind !== null && scanned.kind !== wanted) {
      this.#note.textContent = say("scan_other_kind", { key: scanned.key });
    } else {
      this.#fill(scanned);
    }
    // Even a code of another kind is of use to a form that has a field for it.
    this.dispatchEvent(new CustomEvent<Scanned & { text: string }>("ko:scan", {
      bubbles: true,
      detail: { ...scanned, text },
    }));
  }

  #fill({ key }: Scanned): void {
    const field = document.getElementById(this.getAttribute("for") ?? "");
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    field.value = key;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#dialog?.remove();
    this.#dialog = null;
  }
}

customElements.define("ko-scan", ScanElement);
