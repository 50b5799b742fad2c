// Grid, group and warp drawn: which group and which warp an access belongs to.

import { picture, svg, number } from './dom.js';

const most = 16;        // groups, warps and so on that are drawn in one direction

export function drawGeometry(launch, access) {
  const [gx, gy, gz] = launch.grid, [tx, ty, tz] = launch.group, threads = tx * ty * tz, warps = Math.ceil(threads / launch.warpSize);
  const groups = gx * gy * gz, title = 'The launch';
  const description = `${number(groups)} ${groups === 1 ? 'group' : 'groups'} (${launch.grid.join(' × ')}) of ${number(threads)} threads (${launch.group.join(' × ')}), which are ${number(warps)} ${warps === 1 ? 'warp' : 'warps'} of ${launch.warpSize} lanes.`;
  const parts = [], cell = 16, columns = Math.min(gx, most), rows = Math.min(gy * gz, most / 2);
  text(0, 12, `grid ${launch.grid.join(' × ')}`);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const isHere = access && access.group[0] === column && access.group[1] + access.group[2] * gy === row;
      parts.push(svg('rect', { x: column * cell, y: 20 + row * cell, width: cell - 3, height: cell - 3, rx: 2, class: isHere ? 'here' : 'box' }));
    }
  if (gx > columns || gy * gz > rows) text(columns * cell + 4, 31, '…');
  const left = Math.max(columns * cell, 90) + 40, size = Math.min(14, 416 / launch.warpSize), shown = Math.min(warps, most);
  text(left, 12, `a group: ${number(warps)} ${warps === 1 ? 'warp' : 'warps'} of ${launch.warpSize} lanes`);
  for (let warp = 0; warp < shown; warp++)
    for (let lane = 0; lane < launch.warpSize; lane++) {
      const exists = warp * launch.warpSize + lane < threads, isWarp = access && access.warp === warp;
      const isActive = isWarp && access.offsets[lane] !== null;
      parts.push(svg('rect', { x: left + lane * size, y: 20 + warp * cell, width: Math.max(1, size - 1), height: cell - 3, class: !exists ? 'missing' : isActive ? 'here' : isWarp ? 'near' : 'box' }));
    }
  if (warps > shown) text(left, 32 + shown * cell, `… ${number(warps - shown)} more`);
  return { description, picture: picture(title, description, left + launch.warpSize * size + 4, 44 + Math.max(rows, shown) * cell, ...parts) };

  function text(x, y, words) {
    parts.push(svg('text', { x, y, class: 'note', text: words }));
  }
}
