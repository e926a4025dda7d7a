import assert from 'node:assert/strict';
import { svgOf, ticksTo } from '../../bench/capacity/chart.ts';

describe('a chart', () => {
  const svg = svgOf({
    title: 'Workers & more',
    description: 'how many',
    xLabel: 'minutes',
    panels: [
      {
        label: 'Polls late, %',
        series: [
          { name: 'a < b', values: [0, 50, 100] },
          { name: 'c', values: [0, 0, 0] },
        ],
      },
    ],
  });

  it('has a title, a description, and labels with units', () => {
    assert.match(svg, /<title id="title">Workers &amp; more<\/title>/);
    assert.match(svg, /<desc id="description">how many<\/desc>/);
    assert.match(svg, />Polls late, %</);
    assert.match(svg, />minutes</);
    assert.match(svg, />a &lt; b</);
  });

  it('has a ground and colours for light and dark mode', () => {
    assert.match(svg, /<rect class="ground"/);
    assert.match(svg, /@media \(prefers-color-scheme: dark\) \{\s+\.ground/);
  });

  it('draws from the left to the right, high values on top', () => {
    // The frame is 772 wide and 104 high, from 64, 56 on.
    assert.match(svg, /<path class="line s0" d="M64 160L450 108L836 56"\/>/);
    assert.match(svg, /<path class="line s1" d="M64 160L450 160L836 160"\/>/);
  });

  it('has round ticks up to what is highest', () => {
    assert.deepEqual(ticksTo(34_800, 4), [0, 10_000, 20_000, 30_000, 40_000]);
    assert.deepEqual(ticksTo(100, 4), [0, 50, 100]);
    assert.deepEqual(ticksTo(0.7, 4), [0, 0.2, 0.4, 0.6, 0.8]);
    assert.ok(ticksTo(0, 4).length >= 2);
  });
});
