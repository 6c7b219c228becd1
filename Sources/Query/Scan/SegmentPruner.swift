// Decides from the footer alone which blocks cannot hold a row that a predicate selects.

import Columnar
import EvtCore

/// What the footer of one segment says about a predicate.
struct SegmentPruner {
  private let predicate: BoundPredicate
  private let footer: SegmentFooter
  /// The column of each field, nil when the segment keeps it in no column of its own.
  private let columns: [Int?]
  /// Whether each field may have values in the overflow column.
  private let mayOverflow: [Bool]
  /// By leaf: the outcome for each event of the footer, for conditions on the event alone.
  private let eventOutcomes: [[Outcome]?]

  init(_ predicate: BoundPredicate, _ reader: SegmentReader) {
    self.predicate = predicate
    footer = reader.footer
    let hasOverflow = footer.column(role: .overflow) != nil
    columns = predicate.fields.map { field in
      field.role == .property
        ? reader.propertyColumn(field.name) : reader.footer.column(role: field.role)
    }
    mayOverflow = zip(predicate.fields, columns).map { field, column in
      column == nil && hasOverflow && field.role == .property
    }
    let events = footer.events
    eventOutcomes = predicate.leaves.map { leaf in
      guard let test = leaf.test, predicate.fields[test.field].role == .event, let events else {
        return nil
      }
      return events.map { event in
        Array(event.name.utf8).withUnsafeBytes { test.outcome(.text, $0) }
      }
    }
  }

  /// Whether `block` may hold a row that the predicate selects.
  func mayMatch(block: Int) -> Bool { mayMatch(predicate.root, block) }

  private func mayMatch(_ node: PredicateNode, _ block: Int) -> Bool {
    switch node {
    case .always(let truth): truth
    case .all(let nodes): nodes.allSatisfy { mayMatch($0, block) }
    case .any(let nodes): nodes.contains { mayMatch($0, block) }
    case .leaf(let index, let wanted): mayMatch(leaf: index, wanted, block)
    }
  }

  private func mayMatch(leaf index: Int, _ wanted: Outcome, _ block: Int) -> Bool {
    guard let test = predicate.leaves[index].test else { return true }
    if let outcomes = eventOutcomes[index] {
      let present = footer.blockEvents[block]
      return zip(present, outcomes).contains { $0 && $1 == wanted }
    }
    guard let column = columns[test.field] else {
      return mayOverflow[test.field] || test.ofNull == wanted
    }
    let entry = footer.columns[column]
    guard block < entry.zones.count else { return true }
    // Zone maps speak of the values; nulls may stand beside them.
    let hasNulls = !entry.kinds.isDisjoint(with: [.init(.absent), .init(.null)])
    if hasNulls, test.ofNull == wanted { return true }
    switch entry.zones[block] {
    case .unknown: return true
    case .ints(let least, let greatest):
      return test.ints.mayBe(wanted, least: least, greatest: greatest)
    case .doubles(let least, let greatest):
      return test.doubles.mayBe(wanted, least: least, greatest: greatest)
    case .hashes(let least, let greatest):
      return mayMatch(test.texts, wanted, least...max(least, greatest))
    }
  }

  /// Users stand in the order of their hashes, so a block can only hold users of its range.
  private func mayMatch(_ test: TextTest, _ wanted: Outcome, _ hashes: ClosedRange<UInt64>) -> Bool
  {
    guard wanted == .yes else { return true }
    func isInside(_ user: [UInt8]) -> Bool {
      hashes.contains(user.withUnsafeBytes { StableHash.user($0) })
    }
    switch test {
    case .compare(.equal, let user): return isInside(user)
    case .oneOf(let users): return users.contains(where: isInside)
    case .always, .compare, .like, .general: return true
    }
  }
}
