// Walks over the blocks of one segment: prune, decode, filter.

import Columnar
import EvtCore

/// Calls `body` with each block of `segment` that has selected rows, in order.
///
/// Blocks are skipped by the footer where possible: by time, by the events in them and by the least
/// and greatest values of columns. Only the columns that decide, or are asked for, are decoded.
/// - Throws: `SegmentDamage`, the error of the segment's source, or that of `body`.
public func scan(
  _ segment: SegmentReader, _ request: ScanRequest,
  _ body: (borrowing ScanBlock) throws -> Void
) throws {
  guard var scan = SegmentScan(segment, request) else { return }
  for block in 0..<segment.footer.blockCount {
    if let found = try scan.read(block: block) { try body(found) }
  }
}

/// The state of a scan over one segment.
struct SegmentScan {
  private let request: ScanRequest
  private let footer: SegmentFooter
  private let columns: BlockColumns
  private let slots: [Int]
  private let timeSlot: Int
  private let userSlot: Int
  private let eventFilter: PredicateEvaluator?
  private let eventPruner: SegmentPruner?
  private let filter: PredicateEvaluator?
  private let filterPruner: SegmentPruner?
  private let marks: [PredicateEvaluator]
  /// By block, the least and the greatest time.
  private let timeZones: [ZoneMap]
  /// By event of the footer, whether it is wanted; nil when all are or the footer does not tell.
  private let wantedEvents: [Bool]?

  /// Single rows are read when one in so many is selected.
  private static let narrowShare = 4

  /// Prepares the scan; nil when the footer says that no row can be selected.
  init?(_ reader: SegmentReader, _ request: ScanRequest) {
    footer = reader.footer
    guard footer.rowCount > 0,
      request.range.overlaps(least: footer.minTime, greatest: footer.maxTime)
    else { return nil }
    self.request = request
    columns = BlockColumns(reader)
    if let wanted = request.events, let events = footer.events {
      let names = Set(wanted.map { ExactText($0) })
      let present = events.map { names.contains(ExactText($0.name)) }
      guard present.contains(true) else { return nil }
      wantedEvents = present
    } else {
      wantedEvents = nil
    }
    let eventPredicate = request.events.map { BoundPredicate(events: $0) }
    eventFilter = eventPredicate.map { [columns] in PredicateEvaluator($0, columns: columns) }
    eventPruner = eventPredicate.map { SegmentPruner($0, reader) }
    filter = request.filter.map { [columns] in PredicateEvaluator($0, columns: columns) }
    filterPruner = request.filter.map { SegmentPruner($0, reader) }
    marks = request.marks.map { [columns] in PredicateEvaluator($0, columns: columns) }
    slots = request.fields.map(columns.slot)
    timeSlot = columns.slot(of: .canonical(.timestamp))
    userSlot = columns.slot(of: .canonical(.user))
    timeZones = columns.column(timeSlot).map { reader.footer.columns[$0].zones } ?? []
  }

  /// Whether `block` may have selected rows, as far as the footer tells.
  func mayRead(block: Int) -> Bool {
    let times = timeZone(block)
    return request.range.overlaps(least: times.lowerBound, greatest: times.upperBound)
      && eventPruner?.mayMatch(block: block) ?? true
      && filterPruner?.mayMatch(block: block) ?? true
      && request.userHashes?.overlaps(userHashes(block)) ?? true
  }

  /// Returns `block` with its selected rows, or nil when it has none.
  mutating func read(block: Int) throws -> ScanBlock? {
    guard mayRead(block: block) else { return nil }
    let times = timeZone(block)
    columns.begin(block: block)
    guard let (mask, places) = try select(block, times) else { return nil }
    return ScanBlock(
      block: block, rowCount: mask.rowCount, places: places, mask: mask,
      times: request.needsTimes ? try columns.vector(timeSlot).numbers : [],
      users: request.needsUsers ? try columns.runs(userSlot) : ColumnVector(),
      columns: try slots.enumerated().map { index, slot in
        request.unread.contains(index) ? ColumnVector() : try columns.vector(slot)
      },
      marks: try marks.map { try $0.select(mask) })
  }

  /// The selected rows of the block, and which ones these are talking of; nil when there are none.
  private func select(
    _ block: Int, _ times: ClosedRange<Int64>
  ) throws -> (mask: RowMask, places: [UInt32]?)? {
    var mask = RowMask(allOf: footer.rows(inBlock: block))
    var places: [UInt32]?
    if let eventFilter, !hasOnlyWantedEvents(block) {
      mask = try eventFilter.select(mask)
      narrow(&mask, &places)
    }
    if !request.range.covers(least: times.lowerBound, greatest: times.upperBound), !mask.isEmpty {
      let range = request.range
      let times = try columns.vector(timeSlot).numbers
      mask = RowMask(mask) { range.contains(times[$0]) }
    }
    if let filter, !mask.isEmpty { mask = try filter.select(mask) }
    narrow(&mask, &places)
    return mask.isEmpty ? nil : (mask, places)
  }

  /// Reads on only where rows are selected, if these are few. What was read before is not dear.
  private func narrow(_ mask: inout RowMask, _ places: inout [UInt32]?) {
    let count = mask.count
    guard places == nil, count > 0, count * Self.narrowShare < mask.rowCount else { return }
    let rows = mask.rows
    columns.narrow(to: rows)
    places = rows
    mask = RowMask(allOf: count)
  }

  private func hasOnlyWantedEvents(_ block: Int) -> Bool {
    guard let wantedEvents, block < footer.blockEvents.count else { return false }
    return zip(footer.blockEvents[block], wantedEvents).allSatisfy { !$0 || $1 }
  }

  /// Bounds of the hashes of the users in `block`.
  private func userHashes(_ block: Int) -> ClosedRange<UInt64> {
    guard let index = footer.column(role: .user) else { return 0...0 }
    let user = footer.columns[index]
    guard block < user.zones.count, case .hashes(let least, let greatest) = user.zones[block],
      least <= greatest
    else { return 0 ... .max }
    // Rows without a user come first.
    let texts = Int(clamping: user.kindCounts[Int(ValueKind.text.rawValue)])
    return (block * Limits.blockRowsMax < footer.rowCount - texts ? 0 : least)...greatest
  }

  private func timeZone(_ block: Int) -> ClosedRange<Int64> {
    if block < timeZones.count, case .ints(let least, let greatest) = timeZones[block],
      least <= greatest
    {
      return least...greatest
    }
    return min(footer.minTime, footer.maxTime)...footer.maxTime
  }
}
