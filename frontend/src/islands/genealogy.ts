// <ko-genealogy id="genealogy"><template data-picture>{…}</template><table>…</table></ko-genealogy>
// What a lot was made from and what was made from it, one layer for each step.
import { LayeredPictureElement } from "./layered_picture";

export class GenealogyElement extends LayeredPictureElement {
  protected override readonly hint = "genealogy_hint";
}

customElements.define("ko-genealogy", GenealogyElement);
