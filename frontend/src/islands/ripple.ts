// <ko-ripple id="ripple"><script type="application/json">…</script><ol>…</ol></ko-ripple>
// How the trouble spreads: cause, machine or lot, operation, work order, order, customer.
import { LayeredPictureElement } from "./layered_picture";

export class RippleElement extends LayeredPictureElement {
  protected override readonly hint = "picture_hint";
}

customElements.define("ko-ripple", RippleElement);
