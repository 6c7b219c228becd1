// Bytes on their way to a file descriptor, each write checked: the only way out of the program.

import Glibc

/// What takes text piece by piece.
protocol TextSink: ~Copyable {
  /// Appends `text`.
  mutating func append(_ text: String)
}

extension String: TextSink {}

/// A buffer in front of a file descriptor.
///
/// Appending never fails; the first error of `write(2)` is kept, what follows is dropped, and
/// `finish` reports it. So a full disk ends in an error and never in output that looks whole.
struct OutputBuffer: ~Copyable, TextSink {
  private static let capacity = 1 << 18

  private let base: UnsafeMutablePointer<UInt8>
  private var count = 0
  private let descriptor: Int32
  /// The error number of the first write that failed, or 0.
  private(set) var failure: Int32 = 0
  /// The bytes appended so far.
  private(set) var written = 0

  /// Creates an empty buffer in front of `descriptor`, which it does not close.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    base = .allocate(capacity: Self.capacity)
  }

  deinit { base.deallocate() }

  /// Appends one byte.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    makeRoom(1)
    base[count] = byte
    count &+= 1
  }

  /// Appends the bytes of a literal.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    // A literal of one scalar is kept as that scalar, not as a pointer.
    guard text.hasPointerRepresentation else { return append(String(describing: text)) }
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends `text` as UTF-8.
  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends `bytes`, of any length.
  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > Self.capacity { return appendInPieces(bytes) }
    makeRoom(bytes.count)
    UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
    count &+= bytes.count
  }

  /// Appends the lowest `digits` hexadecimal digits of `value`, 8 or 16.
  @inline(__always)
  mutating func append(hexadecimal value: UInt64, digits: Int) {
    makeRoom(16)
    if digits > 8 { storeHexadecimal(UInt32(truncatingIfNeeded: value >> 32)) }
    storeHexadecimal(UInt32(truncatingIfNeeded: value))
  }

  /// Appends the lowest four hexadecimal digits of `value`.
  @inline(__always)
  mutating func append(hexadecimalQuad value: UInt64) {
    makeRoom(16)
    storeHexadecimal(UInt32(truncatingIfNeeded: value << 16))
    count &-= 4
  }

  /// Appends `value`, filled with zeros to at least `width` digits.
  mutating func append(decimal value: UInt64, width: Int = 1) {
    makeRoom(32)
    var rest = value
    var digits = 1
    var bound: UInt64 = 10
    while digits < 20, value >= bound {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    let length = max(digits, min(width, 32))
    var place = length
    while place > 0 {
      place -= 1
      base[count + place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += length
  }

  /// Writes what is buffered.
  mutating func flush() {
    drain(UnsafeRawBufferPointer(start: base, count: count))
    written += count
    count = 0
  }

  /// Writes what is buffered.
  /// - Throws: the first write error of the buffer's life.
  mutating func finish(naming target: String) throws(OutputError) {
    flush()
    guard failure == 0 else { throw .cannotWrite(target: target, errorNumber: failure) }
  }

  @inline(__always)
  private mutating func makeRoom(_ bytes: Int) {
    if count &+ bytes > Self.capacity { flush() }
  }

  private mutating func appendInPieces(_ bytes: UnsafeRawBufferPointer) {
    flush()
    drain(bytes)
    written += bytes.count
  }

  private mutating func drain(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while failure == 0, let start = rest.baseAddress, rest.count > 0 {
      let sent = write(descriptor, start, rest.count)
      if sent > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
      } else if sent == 0 || errno != EINTR {
        failure = sent == 0 ? EIO : errno
      }
    }
  }

  @inline(__always)
  private mutating func storeHexadecimal(_ value: UInt32) {
    UnsafeMutableRawPointer(base + count)
      .storeBytes(of: Self.hexadecimal(value), as: UInt64.self)
    count &+= 8
  }

  /// The eight digits of `value` in the order of their text, as memory holds them.
  @inline(__always)
  private static func hexadecimal(_ value: UInt32) -> UInt64 {
    var spread = UInt64(value)
    spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
    spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
    spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let isLetter = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    let digits = spread &+ 0x3030_3030_3030_3030 &+ isLetter &* 39
    return digits.bigEndian
  }
}
