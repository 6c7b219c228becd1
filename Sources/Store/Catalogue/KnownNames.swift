// The names of events and fields that the store has ever held.

import Columnar
import EvtCore

/// Event names and fields that survive the removal of their rows, so that a name once seen is never
/// taken for a misspelling.
struct KnownNames: Hashable, Sendable {
  /// Rows ever committed by event name, ascending by the bytes of the name.
  var events: [SegmentSummary.Event] = []
  /// Whether `events` has every name; false once there were more than `Limits.knownNamesMax`.
  var hasAllEvents = true
  /// By (path, role), each with all kinds ever seen.
  var fields: [SegmentSummary.Field] = []
  var hasAllFields = true

  /// Adds rows by event name.
  mutating func add(events added: [SegmentSummary.Event]) {
    var counts: [ByteText: UInt64] = [:]
    for event in events { counts[ByteText(event.name)] = event.count }
    for event in added {
      let name = ByteText(event.name)
      let known = counts[name]
      if known == nil, counts.count >= Limits.knownNamesMax {
        hasAllEvents = false
        continue
      }
      let (sum, overflow) = (known ?? 0).addingReportingOverflow(event.count)
      counts[name] = overflow ? .max : sum
    }
    events = counts.sorted { $0.key < $1.key }.map { .init(name: $0.key.text, count: $0.value) }
  }

  /// Adds fields, uniting their kinds with those known.
  mutating func add(fields added: [SegmentSummary.Field]) {
    struct Key: Hashable {
      var path: ByteText
      var role: ColumnRole
    }
    var kinds: [Key: ValueKinds] = [:]
    for field in fields { kinds[Key(path: ByteText(field.path), role: field.role)] = field.kinds }
    for field in added {
      let key = Key(path: ByteText(field.path), role: field.role)
      if kinds[key] == nil, kinds.count >= Limits.knownNamesMax {
        hasAllFields = false
        continue
      }
      kinds[key, default: []].formUnion(field.kinds)
    }
    fields = kinds.map {
      SegmentSummary.Field(path: $0.key.path.text, role: $0.key.role, kinds: $0.value)
    }.sorted(by: Self.precedes)
  }

  /// The order of fields: by the bytes of the path, then by role.
  static func precedes(_ left: SegmentSummary.Field, _ right: SegmentSummary.Field) -> Bool {
    let (leftPath, rightPath) = (ByteText(left.path), ByteText(right.path))
    return leftPath == rightPath
      ? left.role.rawValue < right.role.rawValue : leftPath < rightPath
  }
}
