// Runs of rows of one user.

import Columnar

extension ColumnVector {
  /// Calls `body` for each run of rows with the same text, or with none (nil), that holds some of
  /// `rows`, with those; `rows` ascend.
  @inline(__always)
  func forEachTextRun(
    of rows: [UInt32], _ body: (UnsafeBufferPointer<UInt32>, UnsafeRawBufferPointer?) -> Void
  ) {
    rows.withUnsafeBufferPointer { rows in
      var next = 0
      forEachRun { end, code in
        let first = next
        while next < rows.count, rows[next] < end { next += 1 }
        guard first < next else { return }
        let inside = UnsafeBufferPointer(rebasing: rows[first..<next])
        guard let code else { return body(inside, nil) }
        texts.withBytes(Int(code)) { body(inside, $0) }
      }
    }
  }

  /// Calls `body` for each run of rows: where it ends, and the code of its text if it has one.
  @inline(__always)
  private func forEachRun(_ body: (_ end: UInt32, _ code: UInt32?) -> Void) {
    if !runEnds.isEmpty {
      var start = 0
      for end in runEnds {
        body(end, kind(start) == .text ? codes[start] : nil)
        start = Int(end)
      }
      return
    }
    if let uniformKind, uniformKind != .text { return body(UInt32(rowCount), nil) }
    // Rows without a user stand in the block: text or not is part of what makes a run.
    let text = ValueKind.text.rawValue
    codes.withUnsafeBufferPointer { codes in
      kinds.withUnsafeBufferPointer { kinds in
        func isText(_ row: Int) -> Bool { kinds.isEmpty || kinds[row] == text }
        func code(_ row: Int) -> UInt32 { isText(row) && row < codes.count ? codes[row] : 0 }
        var start = 0
        while start < rowCount {
          let (first, firstIsText) = (code(start), isText(start))
          var end = start + 1
          while end < rowCount, isText(end) == firstIsText, code(end) == first { end += 1 }
          body(UInt32(end), firstIsText ? first : nil)
          start = end
        }
      }
    }
  }
}
