// <ko-drop><form …><input type="file" name="files" multiple>…</form></ko-drop>
// Drop files or a folder, see them go up; without script the plain form does the same.
import { element } from "../core/assets";
import { pageLocale, say, sayCounted } from "../core/texts";

interface Reply {
  readonly location?: string;
  readonly errors?: readonly string[];
  readonly message?: string;
  readonly detail?: string;
}

/** Say a file size with a unit a person reads. */
export function sizeText(bytes: number, locale: string): string {
  const [value, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1000), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

function shareText(percent: number): string {
  return new Intl.NumberFormat(pageLocale(), { style: "percent" }).format(percent / 100);
}

export class DropElement extends HTMLElement {
  #request: XMLHttpRequest | null = null;
  readonly #status = element("div", { className: "ko-drop-status" });

  connectedCallback(): void {
    const form = this.querySelector("form");
    const input = this.querySelector<HTMLInputElement>('input[type="file"]');
    if (form === null || input === null || this.#status.parentElement !== null) return;
    this.#status.setAttribute("role", "status");
    form.append(this.#status);
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.dataset["over"] = "";
    });
    this.addEventListener("dragleave", () => delete this.dataset["over"]);
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      delete this.dataset["over"];
      void this.#dropped(event, { form, input });
    });
    input.addEventListener("change", () => this.#chosen(form, input));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form);
    });
  }

  disconnectedCallback(): void {
    this.#request?.abort();
  }

  async #dropped(event: DragEvent, { form, input }: { form: HTMLFormElement; input: HTMLInputElement }): Promise<void> {
    // Entries are only there during the event: take them all before the first wait.
    const items = [...(event.dataTransfer?.items ?? [])];
    const entries = items.map((item) => item.webkitGetAsEntry());
    const plain = [...(event.dataTransfer?.files ?? [])];
    const files = entries.some((entry) => entry?.isDirectory) ? await filesOf(entries) : plain;
    const transfer = new DataTransfer();
    for (const file of input.multiple ? files : files.slice(0, 1)) transfer.items.add(file);
    input.files = transfer.files;
    this.#chosen(form, input);
  }

  #chosen(form: HTMLFormElement, input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    const total = sizeText(files.reduce((sum, file) => sum + file.size, 0), pageLocale());
    const names = element("ul");
    for (const file of files.slice(0, 20)) names.append(element("li", { text: file.name }));
    const head = element("p", { text: `${sayCounted("drop_files", files.length)} · ${total}` });
    this.#status.replaceChildren(head, names);
    this.dataset["chosen"] = "";
    this.dispatchEvent(new CustomEvent("ko:files", { bubbles: true, detail: { count: files.length } }));
    if (this.hasAttribute("auto")) form.requestSubmit();
  }

  #send(form: HTMLFormElement): void {
    this.#request?.abort();
    const request = new XMLHttpRequest();
    this.#request = request;
    const bar = element("progress", { className: "ko-progress" });
    bar.max = 100;
    bar.value = 0;
    const words = element("p", { text: say("drop_sending", { share: shareText(0) }) });
    this.#status.replaceChildren(words, bar);
    this.#freeze(form, true);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (!lengthComputable || total === 0) return;
      const percent = Math.floor((loaded / total) * 100);
      bar.value = percent;
      words.textContent = percent < 100 ? say("drop_sending", { share: shareText(percent) }) : say("drop_reading");
    });
    request.addEventListener("load", () => this.#answered(form, request));
    request.addEventListener("error", () => this.#failed(form, [say("drop_failed")]));
    request.addEventListener("abort", () => this.#freeze(form, false));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  }

  #answered(form: HTMLFormElement, request: XMLHttpRequest): void {
    const reply = replyOf(request);
    const target = reply.location ?? (request.status < 300 ? request.responseURL : "");
    if (request.status < 300 && target !== "") {
      const url = new URL(target, location.href);
      if (url.origin === location.origin) location.assign(url.href);
      return;
    }
    const words = reply.errors ?? [reply.message ?? reply.detail ?? say("drop_failed")];
    this.#failed(form, words);
  }

  #failed(form: HTMLFormElement, errors: readonly string[]): void {
    this.#freeze(form, false);
    const list = element("ul", { className: "ko-errors" });
    for (const error of errors) list.append(element("li", { text: error }));
    this.#status.replaceChildren(list);
  }

  #freeze(form: HTMLFormElement, frozen: boolean): void {
    for (const button of form.querySelectorAll("button")) button.disabled = frozen;
    this.toggleAttribute("data-busy", frozen);
  }
}

function replyOf(request: XMLHttpRequest): Reply {
  if (!/json/.test(request.getResponseHeader("Content-Type") ?? "")) return {};
  try {
    return JSON.parse(request.responseText) as Reply;
  } catch {
    return {};
  }
}

async function filesOf(entries: readonly (FileSystemEntry | null)[]): Promise<File[]> {
  const found = await Promise.all(entries.map((entry) => (entry === null ? [] : filesUnder(entry))));
  // Hidden files and Excel's lock files are not data.
  return found.flat().filter((file) => !/^(?:\.|~\$)/.test(file.name));
}

async function filesUnder(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // A folder is read in portions until one comes back empty.
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return files;
    for (const child of portion) files.push(...(await filesUnder(child)));
  }
}

customElements.define("ko-drop", DropElement);
