// A canvas of dots, eight to a character of braille, or one to a character of ASCII.

/// Dots that are drawn by numbered pens.
struct DotGrid {
  /// Characters of a row, and rows.
  let columns: Int
  let rows: Int
  private let isASCII: Bool
  /// By character, a bit for each dot.
  private var dots: [UInt8]
  /// By character, the pen that drew there last.
  private var pens: [Int]

  /// Creates an empty canvas of so many characters.
  init(columns: Int, rows: Int, ascii: Bool) {
    self.columns = columns
    self.rows = rows
    isASCII = ascii
    dots = [UInt8](repeating: 0, count: columns * rows)
    pens = [Int](repeating: 0, count: columns * rows)
  }

  /// Dots from left to right and from bottom to top.
  var width: Int { isASCII ? columns : columns * 2 }
  var height: Int { isASCII ? rows : rows * 4 }

  /// A dot, counted from the left and from the bottom.
  struct Point: Equatable {
    var x: Int
    var y: Int
  }

  /// Draws from one dot to another, both included (Bresenham's line).
  mutating func line(from start: Point, to end: Point, pen: Int, dashed: Bool = false) {
    let (distanceX, distanceY) = (abs(end.x - start.x), abs(end.y - start.y))
    let (stepX, stepY) = (end.x < start.x ? -1 : 1, end.y < start.y ? -1 : 1)
    var error = distanceX - distanceY
    var point = start
    var count = 0
    while true {
      // The ends are drawn in any case.
      if !dashed || count % 4 < 2 || point == end { draw(point, pen: pen) }
      if point == end { return }
      count += 1
      let doubled = error * 2
      if doubled > -distanceY {
        error -= distanceY
        point.x += stepX
      }
      if doubled < distanceX {
        error += distanceX
        point.y += stepY
      }
    }
  }

  private mutating func draw(_ point: Point, pen: Int) {
    guard (0..<width).contains(point.x), (0..<height).contains(point.y) else { return }
    let y = height - 1 - point.y
    let place = isASCII ? y * columns + point.x : y / 4 * columns + point.x / 2
    dots[place] |= isASCII ? 1 : Self.bits[y % 4][point.x % 2]
    pens[place] = pen
  }

  /// The bits of braille patterns (Unicode, 2800...28FF), by row and column of a character.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Row `row` from the top, without space at its end: pieces that one pen drew; nil for none.
  func pieces(ofRow row: Int) -> [(text: String, pen: Int?)] {
    var pieces: [(text: String, pen: Int?)] = []
    for place in row * columns..<(row + 1) * columns {
      let pen = dots[place] == 0 ? nil : pens[place]
      let glyph = pen.map { self.glyph(dots[place], pen: $0) } ?? " "
      if let last = pieces.last, last.pen == pen {
        pieces[pieces.count - 1].text += glyph
      } else {
        pieces.append((glyph, pen))
      }
    }
    if pieces.last?.pen == nil { pieces.removeLast() }
    return pieces
  }

  private func glyph(_ dots: UInt8, pen: Int) -> String {
    if isASCII { return LineChart.mark(pen) }
    return Unicode.Scalar(0x2800 + UInt32(dots)).map { String(Character($0)) } ?? " "
  }
}
