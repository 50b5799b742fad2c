export class Tiles { }
