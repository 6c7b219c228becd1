// Tests of DotGrid: dots become characters.

import Testing

@testable import EvtCLI

@Suite("Dot grid")
struct DotGridTests {
  private func text(_ grid: DotGrid) -> [String] {
    (0..<grid.rows).map { row in grid.pieces(ofRow: row).map(\.text).joined() }
  }

  @Test("every dot of a character has its bit")
  func bits() {
    var seen: Set<String> = []
    for x in 0..<2 {
      for y in 0..<4 {
        var grid = DotGrid(columns: 1, rows: 1, ascii: false)
        grid.line(from: .init(x: x, y: y), to: .init(x: x, y: y), pen: 0)
        seen.insert(text(grid)[0])
      }
    }
    #expect(seen == ["⠁", "⠂", "⠄", "⡀", "⠈", "⠐", "⠠", "⢀"])
  }

  @Test("lines are the same drawn from either end")
  func directions() {
    for (start, end) in [((0, 0), (7, 11)), ((7, 0), (0, 11)), ((3, 0), (3, 11)), ((0, 5), (7, 5))]
    {
      var forth = DotGrid(columns: 4, rows: 3, ascii: false)
      forth.line(from: .init(x: start.0, y: start.1), to: .init(x: end.0, y: end.1), pen: 0)
      var dots = 0
      for scalar in text(forth).joined().unicodeScalars where scalar.value > 0x2800 {
        dots += Int((scalar.value - 0x2800).nonzeroBitCount)
      }
      // A line has as many dots as its longer side.
      #expect(dots == max(abs(start.0 - end.0), abs(start.1 - end.1)) + 1)
    }
  }

  @Test("what lies outside is not drawn")
  func outside() {
    var grid = DotGrid(columns: 2, rows: 1, ascii: true)
    grid.line(from: .init(x: -5, y: -5), to: .init(x: 9, y: 9), pen: 0)
    grid.line(from: .init(x: 9, y: 0), to: .init(x: 9, y: 0), pen: 0)
    #expect(text(grid) == ["1"])
  }

  @Test("pieces are parted by pen and end with the last dot")
  func pieces() {
    var grid = DotGrid(columns: 6, rows: 1, ascii: true)
    grid.line(from: .init(x: 1, y: 0), to: .init(x: 2, y: 0), pen: 0)
    grid.line(from: .init(x: 3, y: 0), to: .init(x: 3, y: 0), pen: 1)
    let pieces = grid.pieces(ofRow: 0)
    #expect(pieces.map(\.text) == [" ", "11", "2"])
    #expect(pieces.map(\.pen) == [nil, 0, 1])
    #expect(DotGrid(columns: 3, rows: 1, ascii: false).pieces(ofRow: 0).isEmpty)
  }
}
