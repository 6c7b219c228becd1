// Random events in every shape that a column can take, and the batches that hold them.

import Columnar
import EvtCore

/// One value as a test sees it.
public enum TestValue: Hashable, Sendable {
  case absent, null
  case bool(Bool)
  case int(Int64)
  case double(UInt64)
  case decimal(String)
  case text(String)
  case json(String)
}

/// One event as a test sees it.
public struct TestEvent: Hashable, Sendable {
  public var time: Int64
  public var event: String
  public var user: String?
  public var session: String?
  public var eventID: String?
  /// Properties by key path.
  public var values: [String: TestValue]

  /// Creates an event.
  public init(
    time: Int64, event: String, user: String?, session: String? = nil, eventID: String? = nil,
    values: [String: TestValue] = [:]
  ) {
    self.time = time
    self.event = event
    self.user = user
    self.session = session
    self.eventID = eventID
    self.values = values
  }
}

extension EventBatch {
  /// Creates a batch of `events`.
  public convenience init(_ events: [TestEvent], source: Int = 0) {
    self.init(source: source)
    for event in events {
      set(Self.canonicalColumn(.event), .text(event.event))
      set(Self.canonicalColumn(.user), event.user.map(TestValue.text) ?? .null)
      if let session = event.session { set(Self.canonicalColumn(.session), .text(session)) }
      if let eventID = event.eventID { set(Self.canonicalColumn(.eventID), .text(eventID)) }
      for (path, value) in event.values.sorted(by: { $0.key < $1.key }) {
        if value != .absent { set(propertyColumn(path), value) }
      }
      finishRow(time: event.time)
    }
  }

  private func set(_ column: Int, _ value: TestValue) {
    switch value {
    case .absent: break
    case .null: _ = set(column: column, kind: .null, bits: 0)
    case .bool(let value): _ = set(column: column, kind: .bool, bits: value ? 1 : 0)
    case .int(let value): _ = set(column: column, kind: .int, bits: UInt64(bitPattern: value))
    case .double(let bits): _ = set(column: column, kind: .double, bits: bits)
    case .decimal(let text): set(column, .decimal, text)
    case .text(let text): set(column, .text, text)
    case .json(let text): set(column, .json, text)
    }
  }

  private func set(_ column: Int, _ kind: ValueKind, _ text: String) {
    Array(text.utf8).withUnsafeBytes { _ = set(column: column, kind: kind, text: $0) }
  }
}

extension ColumnVector {
  /// The value of `row`.
  public func value(_ row: Int) -> TestValue {
    switch kind(row) {
    case .absent: .absent
    case .null: .null
    case .bool: .bool(numbers[row] != 0)
    case .int: .int(numbers[row])
    case .double: .double(UInt64(bitPattern: numbers[row]))
    case .decimal: .decimal(texts[Int(codes[row])])
    case .text: .text(texts[Int(codes[row])])
    case .json: .json(texts[Int(codes[row])])
    }
  }
}

/// Segment bytes in memory.
public struct MemoryBlockSource: BlockSource {
  public var bytes: [UInt8]

  /// What a read past the end throws.
  public struct EndOfFile: Error {}

  /// Creates a source of `bytes`.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the bytes asked for.
  public func read(offset: UInt64, count: Int) throws -> [UInt8] {
    guard offset <= UInt64(bytes.count), count <= bytes.count - Int(offset) else {
      throw EndOfFile()
    }
    return Array(bytes[Int(offset)..<Int(offset) + count])
  }
}

extension SeededGenerator {
  /// A random value that tends to repeat, to be extreme, or to look like an identifier.
  public mutating func value(like style: Int) -> TestValue {
    switch style % 12 {
    case 0: .int(Int64.random(in: -5...5, using: &self))
    case 1: .int(Int64(bitPattern: next()))
    case 2: .double((Double(Int.random(in: 0...9999, using: &self)) / 100).bitPattern)
    case 3: .double(Double.random(in: -1e300...1e300, using: &self).bitPattern)
    case 4: .text(["DE", "FR", "", "日本", "a\"b\\\n"].randomElement(using: &self) ?? "")
    case 5: .text(uuid())
    case 6: .text("user-\(Int.random(in: 0...100_000, using: &self))")
    case 7: .text(String(next(), radix: 16))
    case 8: .bool(Bool.random(using: &self))
    case 9: .decimal("1.0000000000000000000000\(Int.random(in: 1...9, using: &self))")
    case 10: .json("[1,{\"a\":\"\(Int.random(in: 0...9, using: &self))\"}]")
    default: Bool.random(using: &self) ? .null : value(like: Int.random(in: 0...10, using: &self))
    }
  }

  /// A lower-case UUID.
  public mutating func uuid() -> String {
    let digits = Array((hex64() + hex64()).utf8)
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return parts.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
  }

  private mutating func hex64() -> String {
    let digits = String(next(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
