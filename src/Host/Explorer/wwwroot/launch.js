export class Launch {
  constructor(body, select) { Object.assign(this, { body, onSelect: select }); }
  async load() { }
  select() { }
}
