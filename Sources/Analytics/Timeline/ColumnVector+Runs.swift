// Runs of rows of one user.

import Columnar

extension ColumnVector {
  /// Calls `body` for each run of rows with the same text, or with none (nil): which rows those
  /// are, and the text.
  @inline(__always)
  func forEachTextRun(_ body: (Range<Int>, UnsafeRawBufferPointer?) -> Void) {
    var start = 0
    forEachRun { end, code in
      if let code {
        texts.withBytes(code) { body(start..<end, $0) }
      } else {
        body(start..<end, nil)
      }
      start = end
    }
  }

  /// Calls `body` for each run of rows: where it ends, and the code of its text if it has one.
  @inline(__always)
  private func forEachRun(_ body: (_ end: Int, _ code: Int?) -> Void) {
    if hasOnlyRuns {
      for (run, end) in runEnds.enumerated() { body(Int(end), run) }
      return
    }
    if !runEnds.isEmpty {
      var start = 0
      for end in runEnds {
        body(Int(end), kind(start) == .text ? Int(codes[start]) : nil)
        start = Int(end)
      }
      return
    }
    if let uniformKind, uniformKind != .text { return body(rowCount, nil) }
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
          body(end, firstIsText ? Int(first) : nil)
          start = end
        }
      }
    }
  }
}
