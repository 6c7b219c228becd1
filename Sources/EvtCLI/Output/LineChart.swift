// Lines over time, drawn with characters.

/// One line for each series, with axes. Colour helps to tell lines apart, but their numbers, which
/// stand where they end, do it alone.
struct LineChart {
  /// A line.
  struct Series {
    var name: String
    /// By point; where there is none, the line has a gap.
    var values: [Double?]
  }

  /// What is drawn, in a few words.
  var title: String
  var series: [Series]
  /// By point, what stands below it on the axis.
  var labels: [String]
  /// By point, whether the line to it is dashed.
  var isDashed: [Bool]

  /// Columns when there is no terminal to say how many it has.
  private static let standardWidth = 80
  private static let widthMax = 160
  private static let plotWidthMin = 16
  /// Odd, so that a row is in the middle.
  private static let rows = 9
  private static let nameWidthMax = 32

  /// The chart as lines of a terminal; none when it has too little room or nothing to draw.
  func lines(_ style: TerminalStyle) -> [String] {
    guard series.contains(where: { $0.values.contains { $0 != nil } }) else { return [] }
    let scale = ChartScale(series.flatMap { $0.values.compactMap { $0 } })
    let margin = scale.labels.map(DisplayWidth.of).max() ?? 0
    let ends = ends(scale)
    let marks = ends.map(\.count).max() ?? 0
    let width = min(style.width ?? Self.standardWidth, Self.widthMax)
    let columns = width - margin - 2 - (marks > 0 ? marks + 1 : 0)
    guard columns >= Self.plotWidthMin else { return [] }
    var grid = DotGrid(columns: columns, rows: Self.rows, ascii: style.isASCII)
    for number in series.indices { draw(number, scale, &grid) }
    var lines = [style.bold(SafeText.escaped(title))]
    for row in 0..<Self.rows {
      lines.append(line(row, grid, scale, margin: margin, ends: ends[row], style))
    }
    let indent = String(repeating: " ", count: margin + 1)
    lines.append(
      indent + (style.isASCII ? "+" : "└")
        + String(repeating: style.isASCII ? "-" : "─", count: columns))
    lines.append(indent + " " + axisLabels(columns))
    return lines + legend(style, width)
  }

  /// The character of a series.
  static func mark(_ number: Int) -> String {
    let marks = Array("123456789abcdefghijklmnopqrstuvwxyz")
    return String(marks[number % marks.count])
  }

  // MARK: - Lines

  private func draw(_ number: Int, _ scale: ChartScale, _ grid: inout DotGrid) {
    let values = series[number].values
    let distance = max(1, values.count - 1)
    var last: DotGrid.Point?
    for (index, value) in values.enumerated() {
      guard let value else {
        last = nil
        continue
      }
      let point = DotGrid.Point(
        x: (index * (grid.width - 1) + distance / 2) / distance,
        y: Int((scale.share(value) * Double(grid.height - 1)).rounded()))
      grid.line(from: last ?? point, to: point, pen: number, dashed: isDashed[index])
      last = point
    }
  }

  /// By row, the marks of the series that end there, when there are several.
  private func ends(_ scale: ChartScale) -> [[Int]] {
    var ends = [[Int]](repeating: [], count: Self.rows)
    guard series.count > 1 else { return ends }
    for (number, series) in series.enumerated() {
      guard let value = series.values.last(where: { $0 != nil }), let value else { continue }
      let row = Int(((1 - scale.share(value)) * Double(Self.rows) - 0.5).rounded())
      ends[min(max(row, 0), Self.rows - 1)].append(number)
    }
    return ends
  }

  private func line(
    _ row: Int, _ grid: DotGrid, _ scale: ChartScale, margin: Int, ends: [Int],
    _ style: TerminalStyle
  ) -> String {
    let label =
      [0, Self.rows / 2, Self.rows - 1].firstIndex(of: row).map { scale.labels[$0] } ?? ""
    var line = String(repeating: " ", count: margin - DisplayWidth.of(label)) + label + " "
    let hasTick = !label.isEmpty
    line += style.isASCII ? (hasTick ? "+" : "|") : (hasTick ? "┤" : "│")
    let pieces = grid.pieces(ofRow: row)
    for (text, pen) in pieces { line += pen.map { style.series(text, number: $0) } ?? text }
    if ends.isEmpty { return line }
    let drawn = pieces.reduce(0) { $0 + $1.text.count }
    line += String(repeating: " ", count: grid.columns - drawn + 1)
    return line + ends.map { style.series(Self.mark($0), number: $0) }.joined()
  }

  // MARK: - Words

  /// The first, the middle and the last label, as far as there is room.
  private func axisLabels(_ columns: Int) -> String {
    guard let first = labels.first, let last = labels.last, labels.count > 1 else {
      return labels.first ?? ""
    }
    let free = columns - DisplayWidth.of(first) - DisplayWidth.of(last)
    guard free >= 2 else { return first }
    guard labels.count > 2, labels.count % 2 == 1 else {
      return first + String(repeating: " ", count: free) + last
    }
    let middle = labels[labels.count / 2]
    let before = columns / 2 - DisplayWidth.of(middle) / 2 - DisplayWidth.of(first)
    let behind = free - before - DisplayWidth.of(middle)
    guard before >= 2, behind >= 2 else {
      return first + String(repeating: " ", count: free) + last
    }
    return first + String(repeating: " ", count: before) + middle
      + String(repeating: " ", count: behind) + last
  }

  private func legend(_ style: TerminalStyle, _ width: Int) -> [String] {
    guard series.count > 1 else { return [] }
    var lines: [String] = []
    var used = 0
    for (number, series) in series.enumerated() {
      let name = DisplayWidth.cut(
        SafeText.escaped(series.name), to: Self.nameWidthMax, ascii: style.isASCII)
      let entry = style.series(Self.mark(number), number: number) + " " + name
      let entryWidth = 2 + DisplayWidth.of(name)
      if used > 0, used + 3 + entryWidth <= width {
        lines[lines.count - 1] += "   " + entry
        used += 3 + entryWidth
      } else {
        lines.append(entry)
        used = entryWidth
      }
    }
    return lines
  }
}

/// The values at the bottom and the top of a chart.
struct ChartScale {
  let bottom: Double
  let top: Double
  /// Of the top, the middle and the bottom.
  let labels: [String]

  /// Creates the scale for `values`: from 0, or the round number below the least negative one, to
  /// the round number above the greatest.
  init(_ values: [Double]) {
    let areWhole = values.allSatisfy { $0 == $0.rounded() }
    bottom = -Self.rounded(up: -min(0, values.min() ?? 0), whole: areWhole)
    let highest = Self.rounded(up: max(0, values.max() ?? 0), whole: areWhole)
    top = highest > bottom ? highest : bottom + 1
    let middle = bottom / 2 + top / 2
    labels = [top, middle, bottom].map { value in
      areWhole && value != value.rounded() ? "" : Self.text(value)
    }
  }

  /// Where `value` lies between bottom and top, 0...1.
  func share(_ value: Double) -> Double {
    let distance = top - bottom
    // Halved where the whole distance is more than a double can hold.
    return distance.isFinite
      ? (value - bottom) / distance : (value / 2 - bottom / 2) / (top / 2 - bottom / 2)
  }

  /// The least number of few digits that is not less than `value`, which is not negative.
  private static func rounded(up value: Double, whole: Bool) -> Double {
    guard value > 0 else { return 0 }
    var exponent = 0
    // Read as text: products of powers are rounded more than once.
    func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 0 }
    while power(exponent + 1) <= value { exponent += 1 }
    while power(exponent) > value { exponent -= 1 }
    let power = power(exponent)
    let isSmall = whole && power < 10
    for factor in isSmall ? [1, 2, 4, 6, 8, 10] : [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10] {
      let rounded = factor * power
      if rounded >= value, rounded.isFinite { return rounded }
    }
    return value
  }

  private static func text(_ value: Double) -> String {
    if let whole = Int64(exactly: value), whole.magnitude < 1_000_000_000_000_000 {
      return HumanNumber.count(whole)
    }
    return HumanNumber.number(value)
  }
}
