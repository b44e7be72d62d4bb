// <ko-report> around the report form: three steps, photos made small, a queue that outlives the network.
// Markup and addresses: templates/components/_report_form.html.
import { newEventId, queueReport, type Attachment, type QueuedReport } from "../core/outbox";
import { cleanPhoto } from "../core/photo";
import { rememberEquipment, recentEquipment } from "../core/recent";
import { say } from "../core/texts";
import { canRecord, endingOf, type Recording, startRecording } from "../core/voice";
import { element } from "../core/assets";
import { ReportQueue } from "./report_queue";
import type { Scanned } from "../core/scan_text";

type Step = "equipment" | "kind" | "send";
// So few machines fit on a phone's screen: the recent ones among them need no list of their own.
const ALL_SEEN_AT_ONCE = 12;
const STEPS: readonly Step[] = ["equipment", "kind", "send"];

export class ReportElement extends HTMLElement {
  #queue: ReportQueue | null = null;
  #photos: Blob[] = [];
  #voice: Blob | null = null;
  #recording: Recording | null = null;

  connectedCallback(): void {
    const form = this.#form();
    if (form === null || this.#queue !== null) return;
    this.#queue = new ReportQueue(this, {
      action: form.action,
      sessionUrl: new URL(this.dataset["session"] ?? "session/", location.href).href,
      place: this.querySelector<HTMLElement>("[data-queue]"),
    });
    // A step that is not shown cannot show the browser's own complaint: `#send` goes there instead.
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send(form);
    });
    form.addEventListener("click", (event) => this.#clicked(event));
    form.addEventListener("change", (event) => this.#changed(event));
    this.addEventListener("ko:scan", (event) => this.#scanned(event as CustomEvent<Scanned>));
    this.#offerVoice();
    this.#offerRecent();
    void this.#queue.start();
    void this.#installWorker();
    this.#go(this.#value("equipment") === "" ? "equipment" : "kind", { focus: false });
  }

  disconnectedCallback(): void {
    this.#recording?.stop();
    this.#queue?.stop();
    this.#queue = null;
  }

  #form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  #value(name: string): string {
    const value = new FormData(this.#form() ?? undefined).get(name);
    return typeof value === "string" ? value.trim() : "";
  }

  #go(step: Step, { focus = true }: { focus?: boolean } = {}): void {
    this.dataset["at"] = step;
    for (const other of STEPS) {
      const chosen = this.querySelector<HTMLElement>(`[data-chosen="${other}"]`);
      if (chosen !== null) chosen.hidden = STEPS.indexOf(other) >= STEPS.indexOf(step);
    }
    this.#summarise();
    if (focus) this.querySelector<HTMLElement>(`[data-step="${step}"]`)?.focus();
  }

  #summarise(): void {
    const kind = this.querySelector<HTMLInputElement>('input[name="kind"]:checked');
    const words: Partial<Record<Step, string>> = {
      equipment: this.#value("equipment"),
      kind: kind?.closest("label")?.textContent?.trim() ?? "",
    };
    for (const step of STEPS) {
      const place = this.querySelector(`[data-chosen="${step}"] [data-value]`);
      if (place !== null) place.textContent = words[step] ?? "";
    }
  }

  #clicked(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLButtonElement>("button");
    if (button === null) return;
    const filled = button.dataset["equipment"];
    const back = button.dataset["go"] as Step | undefined;
    if (filled !== undefined) {
      this.#fill("equipment", filled);
      this.#go("kind");
    } else if (back !== undefined) {
      this.#go(back);
    } else if (button.dataset["voice"] !== undefined) {
      void this.#toggleVoice(button);
    }
  }

  #changed(event: Event): void {
    const field = event.target;
    if (!(field instanceof HTMLInputElement)) return;
    if (field.name === "kind" && field.checked) this.#go("send");
    if (field.name === "photo") void this.#addPhotos(field);
  }

  #scanned({ detail }: CustomEvent<Scanned>): void {
    const name = detail.kind ?? "equipment";
    this.#fill(name, detail.key);
    if (name === "equipment") this.#go("kind");
  }

  #fill(name: string, value: string): void {
    const field = this.#form()?.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }

  async #addPhotos(field: HTMLInputElement): Promise<void> {
    const note = this.querySelector<HTMLElement>("[data-photos]");
    for (const file of field.files ?? []) {
      const clean = await cleanPhoto(file);
      if (clean === null) {
        note?.append(element("p", { className: "text-danger", text: say("photo_unreadable", { name: file.name }) }));
        continue;
      }
      this.#photos.push(clean);
      const picture = element("img");
      picture.alt = say("photo_n", { n: this.#photos.length });
      picture.src = URL.createObjectURL(clean);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
      note?.append(picture);
    }
    // What is sent are the small copies, never the originals.
    field.value = "";
  }

  #offerVoice(): void {
    const button = this.querySelector<HTMLButtonElement>("button[data-voice]");
    if (button !== null) button.hidden = !canRecord();
  }

  async #toggleVoice(button: HTMLButtonElement): Promise<void> {
    if (this.#recording !== null) {
      this.#recording.stop();
      return;
    }
    const label = button.querySelector("[data-text]");
    try {
      this.#recording = await startRecording();
    } catch {
      if (label !== null) label.textContent = say("voice_denied");
      return;
    }
    button.setAttribute("aria-pressed", "true");
    if (label !== null) label.textContent = say("voice_stop");
    this.#voice = await this.#recording.done;
    this.#recording = null;
    button.setAttribute("aria-pressed", "false");
    if (label !== null) label.textContent = say("voice_kept");
  }

  #offerRecent(): void {
    const place = this.querySelector<HTMLElement>("[data-recent]");
    if (place === null) return;
    const recent = recentEquipment();
    const offered = this.querySelectorAll("[data-equipment]:not([data-recent] *)").length;
    place.hidden = recent.length === 0 || (offered > 0 && offered <= ALL_SEEN_AT_ONCE);
    const list = place.querySelector("[data-tiles]") ?? place;
    list.replaceChildren(
      ...recent.map((key) => {
        const tile = element("button", { className: "ko-tile" });
        tile.type = "button";
        tile.dataset["equipment"] = key;
        tile.append(element("span", { text: key }));
        return tile;
      }),
    );
  }

  async #send(form: HTMLFormElement): Promise<void> {
    if (this.#value("kind") === "") return this.#go("kind");
    this.#recording?.stop();
    const voice = this.#recording === null ? this.#voice : await this.#recording.done;
    const report = this.#collect(form, voice);
    const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
    if (button !== null) button.disabled = true;
    try {
      // First into the queue on this device, then out: a dead battery loses nothing.
      await this.#queue?.add(report);
    } catch {
      // No storage (private window): the form goes the plain way instead.
      this.#fillPlain(form, report);
      form.submit();
      return;
    } finally {
      if (button !== null) button.disabled = false;
    }
    rememberEquipment(report.fields["equipment"] ?? "");
    this.#clear(form);
  }

  #collect(form: HTMLFormElement, voice: Blob | null): QueuedReport {
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken" && value !== "") fields[name] = value.trim();
    }
    const attachments: Attachment[] = this.#photos.map((blob, index) => ({
      field: "photo",
      name: `photo-${index + 1}.jpg`,
      blob,
    }));
    if (voice !== null) attachments.push({ field: "voice", name: `voice.${endingOf(voice.type)}`, blob: voice });
    const madeBy = this.dataset["user"] ?? "";
    return queueReport({ id: newEventId(), madeBy: madeBy === "" ? null : madeBy, fields, attachments }, Date.now());
  }

  #fillPlain(form: HTMLFormElement, report: QueuedReport): void {
    this.#fill("client_event_id", report.id);
    this.#fill("made_at", report.madeAt);
    for (const name of ["photo", "voice"]) {
      const field = form.elements.namedItem(name);
      if (!(field instanceof HTMLInputElement)) continue;
      const files = new DataTransfer();
      for (const part of report.attachments.filter((entry) => entry.field === name)) {
        files.items.add(new File([part.blob], part.name, { type: part.blob.type }));
      }
      field.files = files.files;
    }
  }

  #clear(form: HTMLFormElement): void {
    form.reset();
    this.#fill("equipment", "");
    this.#photos = [];
    this.#voice = null;
    this.querySelector("[data-photos]")?.replaceChildren();
    this.#offerRecent();
    this.#go("equipment", { focus: false });
    this.querySelector<HTMLElement>("[data-queue]")?.scrollIntoView({ block: "nearest" });
  }

  async #installWorker(): Promise<void> {
    const { sw, scope } = this.dataset;
    if (sw === undefined || scope === undefined || !("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.register(sw, { scope }).catch(() => null);
    if (registration === null) return;
    const { active } = await navigator.serviceWorker.ready;
    const files = performance
      .getEntriesByType("resource")
      .map((entry) => new URL(entry.name))
      .filter((url) => url.origin === location.origin && url.pathname.includes("/static/"))
      .map((url) => url.href);
    active?.postMessage({ kind: "keep", shell: this.dataset["shell"], files: [...new Set(files)] });
  }
}

customElements.define("ko-report", ReportElement);
