// The names of events and fields that the store has ever held.

import Columnar
import EvtCore

/// Event names and fields that survive the removal of their rows, so that a name once seen is never
/// taken for a misspelling.
struct KnownNames: Hashable, Sendable {
  /// Rows in the store by event name, 0 where all are gone, ascending by the bytes of the name.
  var events: [SegmentSummary.Event] = []
  /// Whether `events` has every name; false once there were more than the limits allow.
  var hasAllEvents = true
  /// By (path, role), each with all kinds ever seen.
  var fields: [SegmentSummary.Field] = []
  var hasAllFields = true

  /// Adds rows by event name, list by list, until `next` returns nil: not all may fit into memory.
  mutating func add(eventLists next: () throws -> [SegmentSummary.Event]?) rethrows {
    var counts: [ExactText: UInt64] = [:]
    var bytes = 0
    for event in events {
      counts[ExactText(event.name)] = event.count
      bytes += event.name.utf8.count
    }
    while let added = try next() {
      for event in added { add(event, &counts, &bytes) }
    }
    events = counts.sorted { $0.key < $1.key }.map { .init(name: $0.key.text, count: $0.value) }
  }

  private mutating func add(
    _ event: SegmentSummary.Event, _ counts: inout [ExactText: UInt64], _ bytes: inout Int
  ) {
    let name = ExactText(event.name)
    let known = counts[name]
    if known == nil {
      guard Self.hasRoom(names: counts.count, bytes: bytes, for: event.name) else {
        hasAllEvents = false
        return
      }
      bytes += event.name.utf8.count
    }
    let (sum, overflow) = (known ?? 0).addingReportingOverflow(event.count)
    counts[name] = overflow ? .max : sum
  }

  /// Takes rows away by event name; the names stay.
  mutating func remove(events removed: [SegmentSummary.Event]) {
    var counts: [ExactText: UInt64] = [:]
    for event in removed { counts[ExactText(event.name), default: 0] &+= event.count }
    for index in events.indices {
      guard let gone = counts[ExactText(events[index].name)] else { continue }
      events[index].count -= min(gone, events[index].count)
    }
  }

  /// Adds fields, uniting their kinds with those known.
  mutating func add(fields added: [SegmentSummary.Field]) {
    struct Key: Hashable {
      var path: ExactText
      var role: ColumnRole
    }
    var kinds: [Key: ValueKinds] = [:]
    var bytes = 0
    for field in fields {
      kinds[Key(path: ExactText(field.path), role: field.role)] = field.kinds
      bytes += field.path.utf8.count
    }
    for field in added {
      let key = Key(path: ExactText(field.path), role: field.role)
      if kinds[key] == nil {
        guard Self.hasRoom(names: kinds.count, bytes: bytes, for: field.path) else {
          hasAllFields = false
          continue
        }
        bytes += field.path.utf8.count
      }
      kinds[key, default: []].formUnion(field.kinds)
    }
    fields = kinds.map {
      SegmentSummary.Field(path: $0.key.path.text, role: $0.key.role, kinds: $0.value)
    }.sorted(by: Self.precedes)
  }

  private static func hasRoom(names: Int, bytes: Int, for name: String) -> Bool {
    names < Limits.knownNamesMax && bytes + name.utf8.count <= Limits.knownNameBytesMax
  }

  /// The order of fields: by the bytes of the path, then by role.
  static func precedes(_ left: SegmentSummary.Field, _ right: SegmentSummary.Field) -> Bool {
    let (leftPath, rightPath) = (ExactText(left.path), ExactText(right.path))
    return leftPath == rightPath
      ? left.role.rawValue < right.role.rawValue : leftPath < rightPath
  }
}
