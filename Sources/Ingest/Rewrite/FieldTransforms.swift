// What is done to the fields of events before anything is kept of them.

import Columnar
import EvtCore

/// Fields to hide, and constants to add, as the command line names them.
public struct FieldTransforms: Hashable, Sendable {
  /// How a field is hidden. Where several meet, the later case wins.
  enum Action: Int, Comparable, Sendable {
    case truncateIP
    case hash
    case drop

    static func < (left: Action, right: Action) -> Bool { left.rawValue < right.rawValue }

    /// The option by which it is asked for.
    var option: String {
      switch self {
      case .truncateIP: "--truncate-ip"
      case .hash: "--hash"
      case .drop: "--drop"
      }
    }
  }

  /// A field to hide.
  struct Rule: Hashable, Sendable {
    var action: Action
    /// The field as it was named, and the components of its path.
    var field: String
    var path: [String]

    var description: String { "\(action.option) \(field)" }
  }

  /// A property that every event gets.
  struct Constant: Hashable, Sendable {
    var path: String
    var value: String
  }

  private(set) var rules: [Rule] = []
  private(set) var constants: [Constant] = []
  private(set) var key: [UInt8] = []

  /// Changes nothing.
  public init() {}

  /// Reads what stands behind `--set` (`KEY=VALUE`), `--hash`, `--drop` and `--truncate-ip`.
  ///
  /// `key` is the secret that hashes are made with.
  /// - Throws: `IngestError` of kind `.usage` that says what is wrong.
  public init(set: [String], hash: [String], drop: [String], truncateIP: [String], key: String?)
    throws
  {
    for text in set { try add(constant: text) }
    for field in truncateIP { try add(.truncateIP, field) }
    for field in hash { try add(.hash, field) }
    for field in drop { try add(.drop, field) }
    if !hash.isEmpty {
      guard let key, !key.isEmpty else {
        throw IngestError(
          .usage,
          "--hash needs a secret key in the environment variable EVT_HASH_KEY; "
            + "keep it: equal values have equal hashes only under one key")
      }
      self.key = Array(key.utf8)
    }
  }

  /// Whether something must not reach the disk.
  public var hidesFields: Bool { !rules.isEmpty }

  private mutating func add(_ action: Action, _ field: String) throws {
    guard let path = KeyPathText.split(field) else {
      throw IngestError(
        .usage,
        "'\(field)' is no field in \(action.option); dots descend, as in properties.email; put a "
          + "key with dots or other odd characters in backticks")
    }
    if let canonical = CanonicalField(name: field), [.event, .timestamp].contains(canonical) {
      throw IngestError(
        .usage, "\(action.option) \(field): without its \(canonical.noun) an event is none")
    }
    if let other = rules.first(where: { $0.path.elementsEqual(path, by: Self.isSame) }) {
      throw IngestError(
        .usage,
        other.action == action
          ? "\(action.option) \(field) stands twice"
          : "\(field) stands in both \(other.action.option) and \(action.option); choose one")
    }
    rules.append(Rule(action: action, field: field, path: path))
  }

  private mutating func add(constant text: String) throws {
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      throw IngestError(.usage, "'\(text)' in --set lacks '='; write KEY=VALUE, as in env=prod")
    }
    let name = String(text[..<equals])
    guard let components = KeyPathText.split(name) else {
      throw IngestError(
        .usage,
        "'\(name)' is no field in --set; dots descend, as in properties.env; put a key with dots "
          + "or other odd characters in backticks")
    }
    let path = KeyPathText.join(components)
    guard CanonicalField(name: path) == nil else {
      throw IngestError(
        .usage, "--set cannot give all events one \(path); name a key for it with --map")
    }
    guard path.utf8.count <= Limits.pathBytesMax else {
      throw IngestError(.usage, "a field of --set is longer than \(Limits.pathBytesMax) bytes")
    }
    // Not the next character: what follows may combine with the sign.
    let value = String(text[text.utf8.index(after: equals)...])
    guard value.utf8.count <= Limits.textBytesMax else {
      throw IngestError(.usage, "the value of --set \(path) is longer than 1 MiB")
    }
    guard !constants.contains(where: { ExactText($0.path) == ExactText(path) }) else {
      throw IngestError(.usage, "--set \(path) stands twice")
    }
    constants.append(Constant(path: path, value: value))
  }

  /// By bytes: what looks alike may differ in keys.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}

extension CanonicalField {
  fileprivate var noun: String { self == .event ? "name" : "time" }
}
