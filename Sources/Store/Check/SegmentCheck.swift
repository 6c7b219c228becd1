// Reads one segment whole and compares it with everything that is said of it.

import Columnar
import EvtCore

/// What was found in one segment.
struct SegmentFindings: Sendable {
  /// The checks, under the names that users see.
  enum Aspect: String, CaseIterable, Sendable {
    case checksums
    case order = "row order"
    case counts
    case summary = "catalogue entries"
    case zones = "zone maps"
    case keyFilters = "key filters"
  }

  var rows: UInt64 = 0
  var rowsByOrigin: [RowOrigin: UInt64] = [:]
  var problems: [Aspect: [String]] = [:]
  /// Whether the rest could not be checked.
  var isUnreadable = false
}

/// Checks one segment, block by block.
struct SegmentCheck {
  private(set) var findings = SegmentFindings()
  private var path = ""

  mutating func run(_ snapshot: Snapshot, segment index: Int) {
    let segment = snapshot.segments[index]
    path = segment.path
    do {
      let reader = try snapshot.reader(index)
      do {
        try reader.checkHead()
        compare(reader.footer, with: segment.summary)
        try readRows(reader)
        try readOrigins(reader, segment.runs)
      } catch let damage as SegmentDamage {
        throw snapshot.damaged(damage, segment: index)
      }
    } catch {
      findings.isUnreadable = true
      findings.problems[.checksums, default: []].append("\(error)")
    }
  }

  private mutating func note(_ aspect: SegmentFindings.Aspect, _ what: String) {
    findings.problems[aspect, default: []].append("\(path): \(what)")
  }

  private mutating func expect<Value: Equatable>(
    _ aspect: SegmentFindings.Aspect, _ what: String, _ observed: Value, _ expected: Value
  ) {
    if observed != expected { note(aspect, "\(what): \(observed) instead of \(expected)") }
  }

  private mutating func compare(_ footer: SegmentFooter, with summary: SegmentSummary) {
    expect(.summary, "day", footer.day, summary.day)
    expect(.summary, "rows", UInt64(footer.rowCount), summary.rowCount)
    expect(
      .summary, "rows without user", UInt64(footer.rowsWithoutUser), summary.rowsWithoutUser)
    expect(.summary, "users", UInt64(footer.userCount), summary.userCount)
    expect(.summary, "first time", footer.minTime, summary.minTime)
    expect(.summary, "last time", footer.maxTime, summary.maxTime)
    let counts = footer.events?.map { SegmentSummary.Event(name: $0.name, count: $0.count) }
    if counts != summary.events { note(.summary, "its events are not those of the catalogue") }
    var known: [ExactText: ValueKinds] = [:]
    for field in summary.fields { known[ExactText(field.path), default: []].formUnion(field.kinds) }
    for column in footer.columns where !column.role.tellsOrigin && column.role != .overflow {
      if known[ExactText(column.path)]?.isSuperset(of: column.kinds) != true {
        note(.summary, "the catalogue does not know its field \(column.path)")
      }
    }
  }

  private mutating func readRows(_ reader: SegmentReader) throws {
    let footer = reader.footer
    var rows = RowRecount(footer)
    var kindCounts = footer.columns.map { _ in
      [UInt64](repeating: 0, count: ValueKind.allCases.count)
    }
    for block in 0..<footer.blockCount {
      var canonical = CanonicalVectors()
      for (index, column) in footer.columns.enumerated() {
        var vector = ColumnVector()
        try reader.decode(column: index, block: block, into: &vector)
        Self.count(vector, into: &kindCounts[index])
        if let outlier = zoneViolation(column.zones[block], vector, role: column.role) {
          note(.zones, "block \(block) of \(column.path): \(outlier)")
        }
        canonical.keep(vector, role: column.role)
      }
      if let disorder = rows.add(canonical, block: block) { note(.order, disorder) }
      if try reader.keyFilter(block: block) != expectedFilter(canonical, footer) {
        note(.keyFilters, "that of block \(block) is not of the block's event ids")
      }
    }
    findings.rows = UInt64(rows.rowCount)
    for (column, counts) in zip(footer.columns, kindCounts) {
      expect(.counts, "values by kind of \(column.path)", counts, column.kindCounts)
    }
    compare(rows, with: footer)
  }

  private mutating func readOrigins(_ reader: SegmentReader, _ runs: [UInt64]) throws {
    for block in 0..<reader.footer.blockCount {
      try reader.forEachOrigin(inBlock: block, runs: runs) { origin, rows in
        findings.rowsByOrigin[origin, default: 0] += UInt64(rows.count)
      }
    }
    let found = Set(findings.rowsByOrigin.keys.map(\.run))
    if found != Set(runs) { note(.summary, "its rows are not of the runs the catalogue names") }
  }

  private mutating func compare(_ rows: RowRecount, with footer: SegmentFooter) {
    expect(.counts, "rows", rows.rowCount, footer.rowCount)
    expect(.counts, "rows without user", rows.rowsWithoutUser, footer.rowsWithoutUser)
    expect(.counts, "users", rows.userCount, footer.userCount)
    expect(.counts, "first time", rows.minTime, footer.minTime)
    expect(.counts, "last time", rows.maxTime, footer.maxTime)
    expect(.counts, "rows of another day", rows.rowsOfOtherDays, 0)
    expect(.counts, "rows of unlisted events", rows.rowsOfUnknownEvents, 0)
    guard let events = footer.events else { return }
    for (index, event) in events.enumerated() {
      let quarters = rows.quarters[index]
      expect(.counts, "rows of \(event.name)", quarters.reduce(0, +), event.count)
      let listed = event.quarters.map { UInt64($0.count) }
      let recounted = event.quarters.map { quarters[min(Int($0.quarter), 95)] }
      expect(.counts, "rows of \(event.name) by quarter hour", recounted, listed)
    }
    if rows.blockEvents != footer.blockEvents {
      note(.counts, "the list of events in each block is wrong")
    }
  }

  /// The key filter that a block must have, nil when no row of the segment has an event id.
  private func expectedFilter(_ vectors: CanonicalVectors, _ footer: SegmentFooter) -> KeyFilter? {
    let hashes = vectors.keys?.hashes() ?? []
    let isNeeded = !footer.keyFilters.isEmpty || hashes.contains { $0 != 0 }
    return isNeeded ? KeyFilter(hashes: hashes) : nil
  }

  private static func count(_ vector: ColumnVector, into counts: inout [UInt64]) {
    if let kind = vector.uniformKind {
      counts[Int(kind.rawValue)] += UInt64(vector.rowCount)
    } else {
      for kind in vector.kinds where Int(kind) < counts.count { counts[Int(kind)] += 1 }
    }
  }

  private func zoneViolation(
    _ zone: ZoneMap, _ vector: ColumnVector, role: ColumnRole
  ) -> String? {
    for row in 0..<vector.rowCount {
      let kind = vector.kind(row)
      if kind == .absent || kind == .null { continue }
      let isInside: Bool
      switch zone {
      case .unknown: return nil
      case .ints(let least, let greatest):
        isInside = kind == .int && (least...max(least, greatest)).contains(vector.numbers[row])
      case .doubles(let least, let greatest):
        guard kind == .double else { return "row \(row) is not a double" }
        let value = Double(bitPattern: UInt64(bitPattern: vector.numbers[row]))
        isInside = value >= least && value <= greatest
      case .hashes(let least, let greatest):
        guard kind.isTextual else { return "row \(row) is not text" }
        let hash = vector.texts.withBytes(Int(vector.codes[row])) { StableHash.user($0) }
        isInside = hash >= least && hash <= greatest
      }
      if !isInside { return "row \(row) lies outside of its zone" }
    }
    return nil
  }
}
