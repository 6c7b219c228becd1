// Which keys of an input are the event's name, user, session, id and time.

import Columnar
import EvtCore

/// For each canonical field the key paths that may hold it, the most wanted first.
///
/// Each path has a slot, a number below 64 that ascends with the fields and, inside a field, with
/// the alternatives; so the winner among the keys of an event is the lowest bit of a mask.
public struct FieldMapping: Hashable, Sendable {
  /// The preset's name, or "custom".
  public let name: String
  /// Key paths (`KeyPathText`) by field, in the order of `CanonicalField.allCases`.
  public let alternatives: [[String]]
  /// Arrays of parameters that become objects before any path is looked for.
  let lifts: [ParameterLift]
  /// The slots of each field.
  let masks: [UInt64]
  private let slots: [ExactText: Int8]
  /// Paths that have a mapped path below them.
  private let parents: Set<ExactText>

  static let slotsMax = 64

  /// Creates a mapping; a path that two fields claim belongs to the first.
  init(name: String, alternatives: [[String]], lifts: [ParameterLift] = []) {
    var slots: [ExactText: Int8] = [:]
    var parents: Set<ExactText> = []
    var masks: [UInt64] = []
    var kept: [[String]] = []
    for paths in alternatives {
      var mask: UInt64 = 0
      var own: [String] = []
      for path in paths where slots[ExactText(path)] == nil && slots.count < Self.slotsMax {
        mask |= 1 << UInt64(slots.count)
        slots[ExactText(path)] = Int8(slots.count)
        own.append(path)
        let components = KeyPathText.split(path) ?? [path]
        for count in 1..<max(components.count, 1) {
          parents.insert(ExactText(KeyPathText.join(Array(components.prefix(count)))))
        }
      }
      masks.append(mask)
      kept.append(own)
    }
    self.name = name
    self.lifts = lifts
    self.alternatives = kept
    self.masks = masks
    self.slots = slots
    self.parents = parents
  }

  /// The slot of `path`, or -1.
  func slot(of path: String) -> Int8 { slots[ExactText(path)] ?? -1 }

  /// Whether a mapped path lies below `path`.
  func hasMappedPath(below path: String) -> Bool { parents.contains(ExactText(path)) }

  /// The paths of `field`.
  public subscript(field: CanonicalField) -> [String] { alternatives[field.rawValue] }

  /// This mapping with the fields of `map` replaced; their paths are taken from all other fields.
  func overridden(by map: FieldMap) -> FieldMapping {
    let taken = Set(map.paths.values.joined().map(ExactText.init))
    let merged = CanonicalField.allCases.map { field in
      map.paths[field] ?? self[field].filter { !taken.contains(ExactText($0)) }
    }
    return FieldMapping(name: "\(name) with --map", alternatives: merged, lifts: lifts)
  }

  /// The mapping as one line: "event=type, user_id=actor.login, timestamp=created_at".
  public var summary: String {
    let fields = CanonicalField.allCases.compactMap { field in
      self[field].isEmpty ? nil : "\(field.name)=\(self[field].joined(separator: "|"))"
    }
    return (fields + lifts.map { "\($0.target).KEY=\($0.source)[]" }).joined(separator: ", ")
  }
}
