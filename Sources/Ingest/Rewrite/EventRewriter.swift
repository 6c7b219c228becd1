// Rewrites the text of an event before it is scanned: parameters lifted, fields hidden.

import CKernels
import EvtCore

/// Applies a plan to one event after the other, text to text.
///
/// Doing it before the scanner means that nothing behind it, columns and rejects alike, can ever
/// see a hidden value: however deep it lies, in whichever array, however often its key is repeated.
struct EventRewriter: ~Copyable {
  private typealias Text = UnsafeBufferPointer<UInt8>

  private let plan: RewritePlan
  private(set) var tally: RuleTally
  private var lifted = GrowableBuffer<UInt8>()
  private var output = GrowableBuffer<UInt8>()
  /// Whether what is walked over stood in a text itself.
  private var isEmbedded = false
  private var embeddedKeys = 0

  init(_ plan: RewritePlan, rules count: Int) {
    self.plan = plan
    tally = RuleTally(rules: count)
  }

  /// Whether what was rewritten hides something.
  var hidesFields: Bool { plan.hidesFields }

  /// The text of the last event, with padding behind it.
  var text: UnsafeBufferPointer<UInt8> { output.elements }

  /// Rewrites the object at `at` into `text`, and moves past it. Returns false, and moves nowhere,
  /// when there is none, or one that breaks a limit.
  mutating func rewrite(_ at: inout Bytes, _ end: Bytes) -> Bool {
    output.truncate(to: 0)
    var behind = at
    embeddedKeys = 0
    guard at[0] == UInt8(ascii: "{"),
      JSONText.skipValue(&behind, end, depth: 0, keys: &embeddedKeys) == nil
    else { return false }
    let event = Text(start: at, count: behind - at)
    at = behind
    if plan.lifts.isEmpty {
      hide(event)
    } else if plan.root == nil {
      lift(event)
      swap(&lifted, &output)
    } else {
      lift(event)
      // Walking looks at the byte behind the text.
      lifted.pad()
      hide(lifted.elements)
    }
    output.pad()
    return true
  }

  // MARK: - Lifting

  private mutating func lift(_ event: UnsafeBufferPointer<UInt8>) {
    lifted.truncate(to: 0)
    lifted.append(UInt8(ascii: "{"))
    var members = CheckedJSON.Members(of: event)
    while let member = members.next() {
      let start = lifted.count
      if start > 1 { lifted.append(UInt8(ascii: ",")) }
      if let lift = plan.lifts.first(where: { member.key.isKey($0.source) }) {
        if lift.append(member.value, to: &lifted) { continue }
        // A rule could not find its field in what is no list of parameters.
        if plan.hasRules(below: lift), lift.mayHide(member.value) {
          lifted.truncate(to: start)
          noteUnfit(plan.root?.child(Array(lift.target.utf8)))
          continue
        }
      }
      lifted.append(contentsOf: member.key)
      lifted.append(UInt8(ascii: ":"))
      lifted.append(contentsOf: member.value)
    }
    lifted.append(UInt8(ascii: "}"))
  }

  // MARK: - Hiding

  private mutating func hide(_ event: UnsafeBufferPointer<UInt8>) {
    guard let root = plan.root else { return output.append(contentsOf: event) }
    isEmbedded = false
    hideMembers(event, root, nil)
  }

  /// Appends `value` with its fields hidden. `node` has the rules below it, the action of `acting`
  /// is for the value itself. Returns false, having appended nothing, when nothing may be left.
  private mutating func hide(
    _ value: UnsafeBufferPointer<UInt8>, _ node: RuleNode?, _ acting: RuleNode?
  ) -> Bool {
    switch value.first {
    case UInt8(ascii: "{"):
      hideMembers(value, node, acting)
      return true
    case UInt8(ascii: "n"):
      output.append(contentsOf: value)
      return true
    case UInt8(ascii: "["):
      if let acting { return act(on: value, isText: false, acting) }
      hideElements(value, node)
      return true
    case UInt8(ascii: "\""):
      if let acting { return act(on: value, isText: true, acting) }
      return hideEmbedded(value, node)
    default:
      if let acting { return act(on: value, isText: false, acting) }
      output.append(contentsOf: value)
      return true
    }
  }

  private mutating func hideMembers(
    _ object: UnsafeBufferPointer<UInt8>, _ node: RuleNode?, _ acting: RuleNode?
  ) {
    output.append(UInt8(ascii: "{"))
    let first = output.count
    var members = CheckedJSON.Members(of: object)
    while let member = members.next() {
      let child = node.flatMap { node in CheckedJSON.withText(of: member.key) { node.child($0) } }
      let memberActing = Self.stronger(child, acting)
      if let child, child.action != nil { note(child) }
      if memberActing?.action == .drop { continue }
      let start = output.count
      if start > first { output.append(UInt8(ascii: ",")) }
      output.append(contentsOf: member.key)
      output.append(UInt8(ascii: ":"))
      if child == nil, memberActing == nil {
        output.append(contentsOf: member.value)
      } else if !hide(member.value, child, memberActing) {
        output.truncate(to: start)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  /// The elements of an array have no path of their own: rules see through it.
  private mutating func hideElements(_ array: UnsafeBufferPointer<UInt8>, _ node: RuleNode?) {
    output.append(UInt8(ascii: "["))
    let first = output.count
    var elements = CheckedJSON.Elements(of: array)
    while let element = elements.next() {
      if output.count > first { output.append(UInt8(ascii: ",")) }
      if !hide(element, node, nil) { output.append("null") }
    }
    output.append(UInt8(ascii: "]"))
  }

  private static func stronger(_ node: RuleNode?, _ other: RuleNode?) -> RuleNode? {
    guard let action = node?.action else { return other }
    guard let otherAction = other?.action else { return node }
    return action >= otherAction ? node : other
  }

  /// Appends the text `value` with its fields hidden if it is JSON itself, as `properties` often
  /// are.
  private mutating func hideEmbedded(
    _ value: UnsafeBufferPointer<UInt8>, _ node: RuleNode?
  ) -> Bool {
    guard let node, !node.children.isEmpty else {
      output.append(contentsOf: value)
      return true
    }
    let text = CheckedJSON.withText(of: value) { Array($0) }
    let first = text.first { !JSONText.isSpace($0) }
    // A text within a text may be JSON once more.
    let starts = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")]
    guard let first, starts.contains(first) else {
      output.append(contentsOf: value)
      return true
    }
    guard !isEmbedded, let range = embeddedValue(text) else {
      noteUnfit(node)
      return false
    }
    var outer = GrowableBuffer<UInt8>()
    swap(&outer, &output)
    isEmbedded = true
    let isLeft = text.withUnsafeBufferPointer { bytes in
      hide(UnsafeBufferPointer(rebasing: bytes[range]), node, nil)
    }
    isEmbedded = false
    swap(&outer, &output)
    guard isLeft else { return false }
    output.append(quoting: outer.elements)
    return true
  }

  /// Where the one JSON value stands that `text` is.
  private mutating func embeddedValue(_ text: [UInt8]) -> Range<Int>? {
    var padded = text
    padded.append(contentsOf: repeatElement(0, count: Int(EVT_SCAN_PADDING)))
    return padded.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      let end = base + text.count
      var at = base
      JSONText.skipSpace(&at, end)
      let start = at
      guard JSONText.skipValue(&at, end, depth: 0, keys: &embeddedKeys) == nil else { return nil }
      let behind = at
      JSONText.skipSpace(&at, end)
      return at == end ? start - base..<behind - base : nil
    }
  }

  // MARK: - Actions

  /// Appends what the action of `node` makes of `value`; returns false when nothing is left of it.
  private mutating func act(
    on value: UnsafeBufferPointer<UInt8>, isText: Bool, _ node: RuleNode
  ) -> Bool {
    switch node.action {
    case .hash:
      // No text is no user, also when it is hashed.
      if isText, value.count == 2 {
        output.append(contentsOf: value)
        return true
      }
      let code =
        isText
        ? CheckedJSON.withText(of: value) { plan.hash.code(of: $0.span) }
        : plan.hash.code(of: value.span)
      output.append(UInt8(ascii: "\""))
      output.append(hexadecimal: code)
      output.append(UInt8(ascii: "\""))
      return true
    case .truncateIP:
      let network =
        isText ? CheckedJSON.withText(of: value) { NetworkAddress.network(of: $0) } : nil
      guard let network else {
        noteUnfit(node)
        return false
      }
      output.append("\"\(network)\"")
      return true
    case .drop, nil: return false
    }
  }

  private mutating func note(_ node: RuleNode) {
    for rule in node.rules { tally.hidden[rule] += 1 }
  }

  /// Counts a value that was taken out for all rules at and below `node`.
  private mutating func noteUnfit(_ node: RuleNode?) {
    guard let node else { return }
    for rule in node.rules { tally.unfit[rule] += 1 }
    if node.action == nil { for (_, child) in node.children { noteUnfit(child) } }
  }
}

extension RuleNode {
  fileprivate func child(_ key: [UInt8]) -> RuleNode? { key.withUnsafeBufferPointer { child($0) } }
}

extension GrowableBuffer<UInt8> {
  /// Puts zeros behind the bytes, where the scanner stops.
  fileprivate mutating func pad() {
    append(repeating: 0, count: Int(EVT_SCAN_PADDING))
    truncate(to: count - Int(EVT_SCAN_PADDING))
  }

  fileprivate mutating func append(hexadecimal bytes: [UInt8]) {
    for byte in bytes {
      for digit in [byte >> 4, byte & 15] {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }

  /// Appends `text` as a JSON string.
  fileprivate mutating func append(quoting text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
