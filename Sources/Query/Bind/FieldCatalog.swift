// Which field a name means.

import Columnar
import EvtCore

/// A field of the store that a query reads.
public struct BoundField: Hashable, Sendable {
  /// The canonical name, or the path of a property.
  public var name: String
  public var role: ColumnRole
  /// What its integers mean.
  public var type: FieldType
  /// The kinds its values have anywhere in the store.
  public var kinds: ValueKinds

  /// Whether a row may have no value; events and times are always there.
  public var isNullable: Bool

  /// Whether both are the same column.
  public static func == (left: BoundField, right: BoundField) -> Bool {
    left.role == right.role && ExactText(left.name) == ExactText(right.name)
  }

  /// Feeds what makes it the same column to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(role)
    hasher.combine(ExactText(name))
  }

  /// Creates a field; its integers are instants when it is the timestamp, unless `type` says
  /// otherwise.
  public init(name: String, role: ColumnRole, kinds: ValueKinds, type: FieldType? = nil) {
    self.name = name
    self.role = role
    self.kinds = kinds
    self.type = type ?? (role == .timestamp ? .instant : .plain)
    isNullable = role != .event && role != .timestamp
  }

  /// The field of `role`, which has a canonical name.
  public static func canonical(_ role: ColumnRole) -> BoundField {
    let kinds: ValueKinds = role == .timestamp ? .init(.int) : [.init(.text), .init(.null)]
    return BoundField(name: role.canonicalName ?? "", role: role, kinds: kinds)
  }

  /// The values it can be compared with; empty when it never had a value.
  var families: ValueFamilies {
    if type.isTime { return .time }
    var families: ValueFamilies = []
    if kinds.contains(.init(.bool)) { families.insert(.bool) }
    if !kinds.isDisjoint(with: .numbers) { families.insert(.number) }
    if kinds.contains(.init(.text)) { families.insert(.text) }
    if kinds.contains(.init(.json)) {
      families.formUnion(type == .nested ? [.array, .tuple] : .json)
    }
    return families
  }
}

/// The fields that names can mean.
struct FieldCatalog: Sendable {
  /// What a name turned out to mean.
  enum Resolution: Equatable {
    case field(BoundField)
    case ambiguous([String])
    case unknown
  }

  private var fields: [ExactText: BoundField] = [:]
  /// Paths of properties, ascending by their bytes.
  private let paths: [String]

  static let canonicalRoles: [ColumnRole] = [.event, .timestamp, .user, .session, .eventID]

  init(_ known: [SegmentSummary.Field]) {
    for field in known where field.role == .property {
      fields[
        ExactText(field.path), default: BoundField(name: field.path, role: .property, kinds: [])
      ]
      .kinds.formUnion(field.kinds)
    }
    paths = fields.keys.sorted().map(\.text)
    // A canonical name always means the canonical field.
    for role in Self.canonicalRoles {
      let field = BoundField.canonical(role)
      fields[ExactText(field.name)] = field
    }
  }

  /// The columns of a table in memory, which are named exactly.
  init(columns: [BoundField]) {
    paths = []
    for column in columns where fields[ExactText(column.name)] == nil {
      fields[ExactText(column.name)] = column
    }
  }

  /// Every field of a store: canonical ones, then properties in the order of their paths.
  var all: [BoundField] {
    (Self.canonicalRoles.compactMap(\.canonicalName) + paths).compactMap { exact($0) }
  }

  /// The field of exactly this name or path.
  func exact(_ path: String) -> BoundField? { fields[ExactText(path)] }

  /// Resolves a dotted name: canonical, then the exact path, then below `properties` and `context`,
  /// then the only path that ends in it.
  func resolve(_ components: [String]) -> Resolution {
    let path = FieldPath.text(of: components)
    if components.count == 1, let field = exact(components[0]) { return .field(field) }
    for candidate in [path, "properties." + path, "context." + path] {
      if let field = exact(candidate) { return .field(field) }
    }
    let suffix = Array(("." + path).utf8)
    let ending = paths.filter { $0.utf8.suffix(suffix.count).elementsEqual(suffix) }
    if ending.count == 1, let field = exact(ending[0]) { return .field(field) }
    return ending.isEmpty ? .unknown : .ambiguous(ending)
  }

  /// Names that `components` may have been meant for; fields inside of an object of that name
  /// first.
  func suggestions(for components: [String]) -> [String] {
    let path = FieldPath.text(of: components)
    let inside = paths.filter { $0.hasPrefix(path + ".") || $0.contains("." + path + ".") }
    if !inside.isEmpty { return Array(inside.prefix(3)) }
    let canonical = Self.canonicalRoles.compactMap(\.canonicalName)
    let whole = NearestNames.find(path, among: canonical + paths)
    // A name without its object is compared with the last components.
    let last = components.last ?? path
    let shortNames = paths.map { (FieldPath.components(of: $0).last ?? $0, $0) }
    let near = NearestNames.find(last, among: shortNames.map(\.0))
    let byLast = near.flatMap { name in shortNames.filter { $0.0 == name }.map(\.1) }
    var seen: Set<String> = []
    return Array((whole + byLast).filter { seen.insert($0).inserted }.prefix(3))
  }
}
