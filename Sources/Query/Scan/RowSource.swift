// What can be scanned: segments of a store, tables in memory, joins of both.

import Columnar
import EvtCore

/// Rows in parts that can be scanned at once.
protocol RowSource: Sendable {
  /// The parts that may hold a row which `request` selects, in the order of their rows.
  func parts(_ request: ScanRequest) -> [Int]
  /// Calls `body` with each block of `part` that has selected rows, in order.
  func scan(
    part: Int, _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws
}

/// The events of a store: each segment is a part.
struct SegmentRows: RowSource {
  let events: any QuerySource

  init(_ events: any QuerySource) { self.events = events }

  func parts(_ request: ScanRequest) -> [Int] {
    events.summaries.indices.filter {
      request.range.overlaps(
        least: events.summaries[$0].minTime, greatest: events.summaries[$0].maxTime)
    }
  }

  func scan(
    part: Int, _ request: ScanRequest, _ body: (borrowing ScanBlock) throws -> Void
  ) throws {
    try events.reading(segment: part) { try Query.scan($0, request, body) }
  }
}
