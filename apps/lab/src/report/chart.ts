import { LineChart, type LineSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
} from 'echarts/components'
import { type ComposeOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { lag } from './columns.ts'
import type { SettingResult } from './results.ts'

/** Colours of a chart that stands on a light or on a dark page. */
export interface Palette {
  readonly text: string
  readonly line: string
  readonly series: Readonly<Record<string, string>>
}

type Option = ComposeOption<LineSeriesOption | GridComponentOption | LegendComponentOption>

const SIZE = { width: 920, height: 460 }
/** Left of it the axis has nothing to tell apart: a refusal by the next request takes as long as the request. */
const LEAST_LAG_MS = 0.5

/** Latency against revocation lag, as inline SVG: each setting from its median to its 99th percentile. */
export function chart(settings: readonly SettingResult[], palette: Palette): string {
  use([LineChart, GridComponent, LegendComponent, SVGRenderer])
  const drawn = init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  drawn.setOption({
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif', fontSize: 13 },
    legend: { top: 4, right: 24, itemGap: 20, icon: 'circle', textStyle: { color: palette.text, fontSize: 13 } },
    grid: { top: 52, right: 96, bottom: 56, left: 72 },
    xAxis: axis('longest measured revocation lag', palette, { nameGap: 36, min: LEAST_LAG_MS, max: 10_000 }),
    yAxis: axis('latency of a granted request, p50 to p99', palette, { nameGap: 52 }),
    series: settings.map((result) => seriesOf(result, palette)),
  } satisfies Option)
  const svg = drawn.renderToSVGString()
  drawn.dispose()
  return svg
}

function axis(name: string, { text, line }: Palette, range: { nameGap: number; min?: number; max?: number }) {
  return {
    type: 'log',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: text, fontSize: 13 },
    axisLabel: { color: text, formatter: (value: number) => (value < 1 ? `${value} ms` : lag(value)) },
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line, opacity: 0.4 } },
    ...range,
  } as const
}

function seriesOf(
  { setting, tokens, source, p50Ms, p99Ms, lagMeasuredMs }: SettingResult,
  palette: Palette,
): LineSeriesOption {
  const x = Math.max(LEAST_LAG_MS, lagMeasuredMs.max)
  const name = source.startsWith('list') ? `'${setting}' + list` : `'${setting}'`
  return {
    type: 'line',
    name: tokens,
    color: palette.series[tokens] ?? palette.text,
    lineStyle: { width: 2, opacity: 0.6 },
    data: [
      {
        value: [x, p50Ms],
        symbol: 'circle',
        symbolSize: 12,
        label: {
          show: true,
          // Settings that end up in one place differ in their tokens.
          position: tokens === 'opaque' ? 'left' : 'right',
          distance: 10,
          color: palette.text,
          formatter: name,
        },
      },
      { value: [x, p99Ms], symbol: 'rect', symbolSize: [14, 2] },
    ],
  }
}
