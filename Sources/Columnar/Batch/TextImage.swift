// Two words that stand for a text, so that most texts are compared in two steps.

import EvtCore

/// A text of up to 15 bytes with its length, or hash and length of a longer one.
///
/// The hash is that of a multiply-and-fold step as in wyhash. None of this is ever stored.
struct TextImage: Equatable, BitwiseCopyable {
  private let low: UInt64
  /// The uppermost byte is the length, or that of `longMark`.
  private let high: UInt64

  private static let wholeBytesMax = 15
  private static let longMark: UInt64 = 0xFF << 56

  /// The image of `text`.
  @inline(__always)
  init(_ text: UnsafeRawBufferPointer) {
    let count = text.count
    guard count > 0, let base = text.baseAddress else {
      (low, high) = (0, 0)
      return
    }
    guard count <= Self.wholeBytesMax else {
      low = Self.hash(base, count)
      high = Self.longMark | UInt64(truncatingIfNeeded: count)
      return
    }
    let length = UInt64(truncatingIfNeeded: count) << 56
    if count >= 8 {
      low = Self.word64(base, 0)
      // The last eight bytes, without those that `low` has.
      let shift = UInt64(truncatingIfNeeded: 16 &- count) &* 8
      high = (count == 8 ? 0 : Self.word64(base, count &- 8) &>> shift) | length
    } else if count >= 4 {
      let last = UInt64(Self.word32(base, count &- 4))
      low = UInt64(Self.word32(base, 0)) | last &<< (UInt64(truncatingIfNeeded: count &- 4) &* 8)
      high = length
    } else {
      let first = UInt64(base.load(as: UInt8.self))
      let middle = UInt64(base.load(fromByteOffset: count / 2, as: UInt8.self))
      let last = UInt64(base.load(fromByteOffset: count &- 1, as: UInt8.self))
      low = first | middle << 8 | last << 16
      high = length
    }
  }

  /// Whether texts with this image are equal.
  @inline(__always)
  var isWhole: Bool { high < Self.longMark }

  /// A hash of the image.
  @inline(__always)
  var hash: UInt64 { Self.fold(low ^ 0xA076_1D64_78BD_642F, high ^ 0x8EBC_6AF0_9C88_C6E3) }

  private static func hash(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: count) ^ 0xA076_1D64_78BD_642F
    var at = 0
    while count &- at > 16 {
      state = fold(word64(base, at) ^ state, word64(base, at &+ 8) ^ 0xE703_7ED1_A0B4_28DB)
      at &+= 16
    }
    return fold(
      word64(base, count &- 16) ^ state, word64(base, count &- 8) ^ 0x8EBC_6AF0_9C88_C6E3)
  }

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func word64(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func word32(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
