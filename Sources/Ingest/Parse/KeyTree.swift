// The keys seen so far, arranged as they nest, and the guess which one comes next.

import CKernels
import Columnar
import EvtCore

/// One key of one object path.
struct KeyEntry: BitwiseCopyable {
  /// Where `key":` stands in the tree's text, and its length; 0 when it cannot be compared with raw
  /// input because it needs an escape.
  var textAt: Int32
  var matchLength: Int32
  /// The node of the object it stands in, and that of its own value when it was an object.
  var node: Int32
  var child: Int32 = -1
  /// Where its scalars go; -1 while unknown and for mapped and contested keys, and `notKept`.
  var column: Int32 = -1
  /// As `column`, for values of mapped and contested keys that stay properties, and for those of
  /// which only their kinds are wanted.
  var property: Int32 = -1
  /// The kinds, a bit each, of values that were not kept.
  var notedKinds: UInt8 = 0
  /// The key that came after this one last time, and another one that did before; -1 for none.
  var next: Int32 = -1
  var otherNext: Int32 = -1
  /// The row (by the scanner's count) in which it was seen last, and the how-manieth key it was.
  var stamp: UInt32 = 0
  var order: Int32 = 0
  /// The row in which `property` was last written.
  var propertyStamp: UInt32 = 0
  var hash: UInt32
  var keyLength: Int32
  /// The slot of the mapping, or -1.
  var slot: Int8
  var hasMappedPathBelow: Bool
  /// It is the `properties` of the event, which may be an object in a string.
  var isProperties: Bool
  /// Its column may be claimed by another key too (`source.event` and an unmapped `event`).
  var isContested: Bool

  /// Stands in `column` of a property that is not kept.
  static let notKept: Int32 = -2
}

/// One object path.
struct KeyNode: BitwiseCopyable {
  /// The key whose value the object is; -1 for the event itself.
  var owner: Int32
  /// The number of keys above it and its own: 1 for the event's own keys.
  var depth: Int32
  /// The key that came first last time, and another one that did before; -1 for none.
  var first: Int32 = -1
  var otherFirst: Int32 = -1
}

/// The keys of a run of events. It grows with new keys only, and knows nothing of their values.
struct KeyTree: ~Copyable {
  var keys = GrowableBuffer<KeyEntry>(capacity: 256)
  var nodes = GrowableBuffer<KeyNode>(capacity: 64)
  var text = GrowableBuffer<UInt8>(capacity: 4_096)
  private var slots = GrowableBuffer<Int32>(capacity: 512)
  private var paths: [String] = []
  private let mapping: FieldMapping

  static let root: Int32 = 0

  init(mapping: FieldMapping) {
    self.mapping = mapping
    slots.append(repeating: -1, count: 512)
    nodes.append(KeyNode(owner: -1, depth: 1))
  }

  /// The path of `key` as the input has it.
  func path(of key: Int32) -> String { paths[Int(key)] }

  /// Returns the key with these (decoded) bytes in `node`, made when missing; nil when its path is
  /// longer than a path may be.
  mutating func key(_ bytes: UnsafeBufferPointer<UInt8>, in node: Int32, isPlain: Bool) -> Int32? {
    let hash = Self.hash(bytes, node)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots.base[slot] >= 0 {
      let known = slots.base[slot]
      if keys.base[Int(known)].hash == hash, isSame(known, bytes, node) { return known }
      slot = (slot + 1) & mask
    }
    guard let made = add(bytes, in: node, hash: hash, isPlain: isPlain) else { return nil }
    slots.base[slot] = made
    if keys.count * 2 > slots.count { rehash() }
    return made
  }

  /// The node of the object that is the value of `key`, made when missing.
  mutating func child(of key: Int32) -> Int32 {
    let known = keys.base[Int(key)].child
    if known >= 0 { return known }
    let made = Int32(truncatingIfNeeded: nodes.count)
    nodes.append(KeyNode(owner: key, depth: nodes.base[Int(keys.base[Int(key)].node)].depth + 1))
    keys.base[Int(key)].child = made
    return made
  }

  /// Notes that `key` came behind `previous` (-1: first of its object).
  @inline(__always)
  mutating func predict(_ key: Int32, behind previous: Int32) {
    guard keys.base[Int(key)].matchLength > 0 else { return }
    if previous >= 0 {
      let entry = keys.base + Int(previous)
      (entry.pointee.next, entry.pointee.otherNext) = (key, entry.pointee.next)
    } else {
      let node = nodes.base + Int(keys.base[Int(key)].node)
      (node.pointee.first, node.pointee.otherFirst) = (key, node.pointee.first)
    }
  }

  /// The second guess for the key behind `previous` (-1: first of `node`).
  @inline(__always)
  func otherGuess(in node: Int32, behind previous: Int32) -> Int32 {
    previous >= 0 ? keys.base[Int(previous)].otherNext : nodes.base[Int(node)].otherFirst
  }

  private func isSame(_ key: Int32, _ bytes: UnsafeBufferPointer<UInt8>, _ node: Int32) -> Bool {
    let entry = keys.base[Int(key)]
    guard entry.node == node, Int(entry.keyLength) == bytes.count else { return false }
    let known = UnsafeRawBufferPointer(start: text.base + Int(entry.textAt), count: bytes.count)
    return ByteOrder.equal(known, UnsafeRawBufferPointer(bytes))
  }

  private mutating func add(
    _ bytes: UnsafeBufferPointer<UInt8>, in node: Int32, hash: UInt32, isPlain: Bool
  ) -> Int32? {
    guard bytes.count <= Limits.pathBytesMax else { return nil }
    let owner = nodes.base[Int(node)].owner
    let component = KeyPathText.quoted(String(decoding: bytes, as: UTF8.self))
    let path = owner < 0 ? component : "\(paths[Int(owner)]).\(component)"
    guard path.utf8.count <= Limits.pathBytesMax else { return nil }
    let textAt = text.count
    text.append(contentsOf: bytes)
    text.append(UInt8(ascii: "\""))
    text.append(UInt8(ascii: ":"))
    // Comparing reads sixteen bytes at a time.
    text.reserve(16)
    keys.append(
      KeyEntry(
        textAt: Int32(truncatingIfNeeded: textAt),
        matchLength: isPlain ? Int32(truncatingIfNeeded: bytes.count + 2) : 0, node: node,
        hash: hash, keyLength: Int32(truncatingIfNeeded: bytes.count),
        slot: mapping.slot(of: path), hasMappedPathBelow: mapping.hasMappedPath(below: path),
        isProperties: owner < 0 && path == "properties",
        isContested: SourcePath.isContested(path)))
    paths.append(path)
    return Int32(truncatingIfNeeded: keys.count - 1)
  }

  private mutating func rehash() {
    let size = slots.count * 4
    slots.truncate(to: 0)
    slots.append(repeating: -1, count: size)
    for key in 0..<keys.count {
      var slot = Int(keys.base[key].hash) & (size - 1)
      while slots.base[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots.base[slot] = Int32(truncatingIfNeeded: key)
    }
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ node: Int32) -> UInt32 {
    let hash = StableHash.key(
      UnsafeRawBufferPointer(bytes), seed: UInt64(UInt32(bitPattern: node)))
    return UInt32(truncatingIfNeeded: hash)
  }
}

/// Where keys go whose path is the name of a canonical field although they are not mapped to it.
enum SourcePath {
  private static let canonical = Set(CanonicalField.allCases.map(\.name))

  /// Whether several keys may want the column of `path`: a canonical name, or one under `source`.
  static func isContested(_ path: String) -> Bool {
    var rest = path[...]
    while rest.hasPrefix("source.") { rest = rest.dropFirst("source.".count) }
    return canonical.contains(String(rest))
  }

  /// The path of the column for the key of `path`: canonical names go below `source`.
  static func column(for path: String) -> String {
    canonical.contains(path) ? "source.\(path)" : path
  }
}
