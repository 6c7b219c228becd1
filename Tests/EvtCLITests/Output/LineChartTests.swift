// Tests of LineChart: axes, lines, marks, and room.

import Testing

@testable import EvtCLI

@Suite("Line charts")
struct LineChartTests {
  static func style(ascii: Bool = false, width: Int? = 40) -> TerminalStyle {
    var style = TerminalStyle(descriptor: 1, color: .never, chart: .always, ascii: ascii)
    style.isASCII = ascii
    style.width = width
    return style
  }

  static func chart(_ values: [[Double?]], names: [String] = ["a", "b", "c"]) -> LineChart {
    let count = values.map(\.count).max() ?? 0
    return LineChart(
      title: "count", series: zip(names, values).map { LineChart.Series(name: $0, values: $1) },
      labels: (0..<count).map { "d\($0)" },
      isDashed: (0..<count).map { $0 == count - 1 && count > 3 })
  }

  @Test("a line goes from axis to axis")
  func line() {
    let lines = Self.chart([[0, 4, 8]]).lines(Self.style(width: 24))
    #expect(
      lines == [
        "count",
        "8 ┤                  ⢀⡠⠊",
        "  │                ⢀⠔⠁",
        "  │              ⡠⠒⠁",
        "  │           ⢀⠤⠊",
        "4 ┤         ⢀⠔⠁",
        "  │       ⡠⠊⠁",
        "  │    ⢀⠤⠊",
        "  │  ⢀⠔⠁",
        "0 ┤⡠⠊⠁",
        "  └─────────────────────",
        "   d0       d1        d2",
      ])
  }

  @Test("in ASCII a series is its number, and so is its end")
  func ascii() {
    let lines = Self.chart([[0, 2], [2, 0]]).lines(Self.style(ascii: true, width: 24))
    #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    #expect(lines[1].hasPrefix("2 +2") && lines[1].hasSuffix("1 1"))
    #expect(lines[9].hasPrefix("0 +1") && lines[9].hasSuffix("2 2"))
    #expect(lines.last == "1 a   2 b")
  }

  @Test("series that end in the same row stand beside each other")
  func ends() {
    let lines = Self.chart([[1, 1], [1, 1], [0, 1]]).lines(Self.style())
    #expect(lines[1].hasSuffix(" 123"))
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 })
  }

  @Test("where there is no value the line has a gap, and one point is a dot")
  func gaps() {
    let lines = Self.chart([[nil, 3, nil]]).lines(Self.style())
    let dots = lines.joined().unicodeScalars.filter { (0x2801...0x28FF).contains($0.value) }
    #expect(dots.count == 1)
    #expect(Self.chart([[5]]).lines(Self.style()).last == "   d0")
  }

  @Test("what is still going on is dashed")
  func dashes() {
    let whole = Self.chart([[1, 1, 1]]).lines(Self.style())
    let dashed = Self.chart([[1, 1, 1, 1]]).lines(Self.style())
    func dots(_ lines: [String]) -> Int {
      lines.joined().unicodeScalars.reduce(0) { count, scalar in
        (0x2800...0x28FF).contains(scalar.value)
          ? count + (scalar.value - 0x2800).nonzeroBitCount : count
      }
    }
    #expect(dots(dashed) < dots(whole) && dots(dashed) > dots(whole) / 2)
  }

  @Test("nothing to draw and no room draw nothing")
  func nothing() {
    #expect(Self.chart([]).lines(Self.style()) == [])
    #expect(Self.chart([[]]).lines(Self.style()) == [])
    #expect(Self.chart([[nil, nil]]).lines(Self.style()) == [])
    #expect(Self.chart([[1, 2]]).lines(Self.style(width: 12)) == [])
  }

  @Test(
    "without a terminal a chart has 80 columns, however many points", arguments: [2, 90, 5_000])
  func width(points: Int) {
    let values = (0..<points).map { Double($0 % 7) }
    let lines = Self.chart([values]).lines(Self.style(width: nil))
    #expect(lines.map(DisplayWidth.of).max() == 80)
  }

  @Test("names are harmless and not too long")
  func names() {
    let lines = Self.chart(
      [[1], [2]], names: ["\u{1B}[31m", String(repeating: "日", count: 40)]
    ).lines(Self.style(width: 80))
    #expect(lines.last?.hasPrefix("1 \\u{1B}[31m   2 日") == true)
    #expect(lines.last?.hasSuffix("…") == true)
  }

  static let scales: [([Double], [String])] = [
    ([0], ["1", "", "0"]), ([], ["1", "", "0"]), ([1], ["1", "", "0"]), ([2], ["2", "1", "0"]),
    ([3], ["4", "2", "0"]), ([9], ["10", "5", "0"]), ([11], ["12", "6", "0"]),
    ([25], ["30", "15", "0"]), ([1_234_567], ["1,600,000", "800,000", "0"]),
    ([0.5], ["0.5000", "0.2500", "0"]), ([-3, 5], ["6", "1", "-4"]), ([-3], ["0", "-2", "-4"]),
    ([1e300, -1e300], ["1e+300", "0", "-1e+300"]),
  ]

  @Test("scales end at round numbers", arguments: scales)
  func scale(row: ([Double], [String])) {
    let scale = ChartScale(row.0)
    #expect(scale.labels == row.1)
    for value in row.0 { #expect((0...1).contains(scale.share(value))) }
  }

  @Test("any finite number finds a place")
  func extremes() {
    let values: [[Double]] = [
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [.leastNonzeroMagnitude],
      [-.leastNonzeroMagnitude], [.greatestFiniteMagnitude, 0],
    ]
    for row in values {
      #expect(Self.chart([row]).lines(Self.style(width: 80)).count == 12, "\(row)")
    }
  }
}
