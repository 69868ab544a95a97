import { BarChart, type BarSeriesOption } from 'echarts/charts'
import { GridComponent, type GridComponentOption, TitleComponent, type TitleComponentOption } from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Row } from '../rows/row.ts'
import { figure, sortedPeers, target } from './figures.ts'

type Option = ComposeOption<BarSeriesOption | GridComponentOption | TitleComponentOption>

const WIDTH = 860
const BAR = 24
const ABOVE = 44
const BELOW = 20
/** They can be read on a light page and on a dark one. */
const COLORS = { text: '#7d8590', ours: '#2da44e', peer: '#8c959f' }

/** Rows that have something to be compared with. */
export function charted(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ peers }) => Object.keys(peers).length > 0)
}

/** One picture of all rows: for each a bar of every contender, from nothing. */
export function chartOf(rows: readonly Row[]): string {
  use([BarChart, GridComponent, TitleComponent, SVGRenderer])
  const bars = rows.map((row) => [['Tokenward', row.ours] as const, ...sortedPeers(row)])
  const heights = bars.map(({ length }) => length * BAR)
  const tops = heights.map((_, row) => {
    return heights.slice(0, row).reduce((top, height) => top + height + ABOVE + BELOW, 0)
  })
  const height = (tops.at(-1) as number) + (heights.at(-1) as number) + ABOVE + BELOW
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  drawn.setOption({
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: COLORS.text },
    title: rows.map((row, index) => ({
      text: titleOf(row),
      top: (tops[index] as number) + 14,
      left: 8,
      textStyle: { fontSize: 14, color: COLORS.text },
    })),
    grid: tops.map((top, index) => ({ top: top + ABOVE, height: heights[index] as number, left: 230, right: 90 })),
    xAxis: rows.map((_, gridIndex) => ({ gridIndex, type: 'value', min: 0, show: false })),
    yAxis: bars.map((row, gridIndex) => ({
      gridIndex,
      type: 'category',
      inverse: true,
      data: row.map(([name]) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: COLORS.text, interval: 0 },
    })),
    series: bars.map((row, index) => ({
      type: 'bar',
      xAxisIndex: index,
      yAxisIndex: index,
      barWidth: BAR - 8,
      data: row.map(([name, value]) => ({
        value: value ?? 0,
        itemStyle: { color: name === 'Tokenward' ? COLORS.ours : COLORS.peer },
        label: {
          show: true,
          position: 'right' as const,
          color: COLORS.text,
          formatter: value === null ? 'not measured' : figure(value),
        },
      })),
    })),
  } satisfies Option)
  const svg = drawn.renderToSVGString()
  drawn.dispose()
  // Numbers that count the pictures of a process would make the same picture another one.
  return `${svg.replaceAll(/\bzr\d+-/g, 'zr-')}\n`
}

function titleOf(row: Row): string {
  const plain = row.row.replaceAll('`', '')
  return `${plain}, ${row.unit}${row.target === null ? '' : ` (target ${target(row)})`}`
}
