// <ko-ripple id="ripple"><template data-picture>{…}</template><ol>…</ol></ko-ripple>
// How the trouble spreads: cause, machine or lot, operation, work order, order, customer.
import { LayeredPictureElement } from "./layered_picture";

export class RippleElement extends LayeredPictureElement {
  protected override readonly hint = "picture_hint";
}

customElements.define("ko-ripple", RippleElement);
