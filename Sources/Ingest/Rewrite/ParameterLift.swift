// Arrays of named, typed values, as GA4 exports them, turned into objects.

import EvtCore

/// A member of the event that holds `[{"key":K,"value":{"string_value":…}}]` and becomes an object
/// `{K:…}` under the name `target`.
public struct ParameterLift: Hashable, Sendable {
  /// The key of the array.
  public let source: String
  /// The key of the object.
  public let target: String
  /// The key of a second object, for when the values were set; nil where they have no such time.
  let times: String?

  init(_ source: String, to target: String, times: String? = nil) {
    self.source = source
    self.target = target
    self.times = times
  }

  /// The members of a value that hold it by its type; all but one are null or missing. Numbers may
  /// stand in quotes: JSON readers elsewhere lose the digits of large ones.
  private static let textType = "string_value"
  private static let numberTypes = ["int_value", "float_value", "double_value"]
  private static let timeKey = "set_timestamp_micros"

  typealias Text = UnsafeBufferPointer<UInt8>

  /// A parameter's name and its value, as JSON.
  private struct Parameter {
    var key: Text
    var value: Text
    var time: Text?
  }

  /// Appends what `array` becomes, as members; returns false, having appended nothing, when an
  /// element is no parameter.
  func append(_ array: Text, to output: inout GrowableBuffer<UInt8>) -> Bool {
    guard array.first == UInt8(ascii: "[") else { return false }
    var parameters: [Parameter] = []
    var elements = CheckedJSON.Elements(of: array)
    while let element = elements.next() {
      guard let parameter = parameter(element) else { return false }
      parameters.append(parameter)
    }
    guard !parameters.isEmpty else { return false }
    output.append(object: target, parameters.map { ($0.key, $0.value) })
    let timed = parameters.compactMap { parameter in parameter.time.map { (parameter.key, $0) } }
    if let times, !timed.isEmpty {
      output.append(UInt8(ascii: ","))
      output.append(object: times, timed)
    }
    return true
  }

  /// Whether fields may stand in a value that is no list of parameters, where no rule for one of
  /// them finds it.
  func mayHide(_ value: Text) -> Bool {
    switch value.first {
    case UInt8(ascii: "["):
      var elements = CheckedJSON.Elements(of: value)
      return elements.next() != nil
    case UInt8(ascii: "{"):
      // Under the target's own name rules find the members.
      if source == target { return false }
      var members = CheckedJSON.Members(of: value)
      return members.next() != nil
    case UInt8(ascii: "\""): return value.count > 2
    default: return false
    }
  }

  private func parameter(_ element: Text) -> Parameter? {
    guard element.first == UInt8(ascii: "{") else { return nil }
    var key: Text?
    var value: Text?
    var members = CheckedJSON.Members(of: element)
    while let member = members.next() {
      if member.key.isKey("key"), member.value.first == UInt8(ascii: "\"") {
        key = member.value
      } else if member.key.isKey("value") {
        value = member.value
      } else {
        return nil
      }
    }
    guard let key, let value else { return nil }
    return typed(value, of: key) ?? Parameter(key: key, value: value)
  }

  /// The parameter of a typed value; nil for any other value, which is taken as it is.
  private func typed(_ value: Text, of key: Text) -> Parameter? {
    guard value.first == UInt8(ascii: "{") else { return nil }
    var found: Text?
    var time: Text?
    var null: Text?
    var members = CheckedJSON.Members(of: value)
    while let member = members.next() {
      let isNull = member.value.first == UInt8(ascii: "n")
      let isNumber = Self.numberTypes.contains { member.key.isKey($0) }
      if isNumber || member.key.isKey(Self.textType) {
        guard !isNull else {
          null = member.value
          continue
        }
        guard found == nil else { return nil }
        found = isNumber ? Self.number(member.value) : member.value
      } else if times != nil, member.key.isKey(Self.timeKey) {
        if !isNull { time = Self.number(member.value) }
      } else if !isNull {
        return nil
      }
    }
    return (found ?? null).map { Parameter(key: key, value: $0, time: time) }
  }

  /// The number that stands in quotes, else the value as it is.
  private static func number(_ value: Text) -> Text {
    guard value.first == UInt8(ascii: "\""), value.count > 2 else { return value }
    let inner = Text(rebasing: value[1..<value.count - 1])
    guard let base = inner.baseAddress, NumberText.scan(base).length == inner.count else {
      return value
    }
    return inner
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether this key, which has its quotes, is `name`.
  func isKey(_ name: String) -> Bool {
    CheckedJSON.withText(of: self) { $0.elementsEqual(name.utf8) }
  }
}

extension GrowableBuffer<UInt8> {
  /// Appends `"name":{key:value,…}`; `name` needs no escapes.
  fileprivate mutating func append(
    object name: String, _ members: [(key: ParameterLift.Text, value: ParameterLift.Text)]
  ) {
    append("\"\(name)\":{")
    for (index, member) in members.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(contentsOf: member.key)
      append(UInt8(ascii: ":"))
      append(contentsOf: member.value)
    }
    append(UInt8(ascii: "}"))
  }

  mutating func append(_ text: String) { for byte in text.utf8 { append(byte) } }
}
