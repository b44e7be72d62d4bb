// A form that asks the server for another view of the page: its hidden fields are the view.

/** Return a query as pairs, in the order in which it names them. */
export function pairsOf(query: string): (readonly [string, string])[] {
  return [...new URLSearchParams(query)];
}

/** Put a view into the form's hidden fields and send it. */
export function ask(form: HTMLFormElement, query: string): void {
  for (const field of form.querySelectorAll("[data-asked]")) field.remove();
  for (const [name, value] of pairsOf(query)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    field.dataset["asked"] = "";
    form.append(field);
  }
  form.requestSubmit();
}
