// Inflates with zlib, which is everywhere.

import CZlib

/// What inflating a piece of a gzip member brought.
struct InflateStep {
  enum Outcome {
    case progress
    case memberEnd
    case damage(String)
  }

  var taken: Int
  var written: Int
  var outcome: Outcome
}

/// A gzip member being inflated by zlib.
final class ZlibStream {
  /// At a fixed address, because zlib remembers it.
  private let stream: UnsafeMutablePointer<z_stream>

  /// 15 bits of window, and 16 for gzip headers and trailers instead of zlib's.
  private static let windowBits: Int32 = 15 + 16

  /// Makes ready for a member; nil without memory.
  init?() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Makes ready for the next member.
  func startMember() { inflateReset(stream) }

  /// Inflates from `source` to `target`.
  func inflate(
    _ source: UnsafeMutablePointer<UInt8>, _ sourceCount: UInt32,
    into target: UnsafeMutablePointer<UInt8>, _ targetCount: UInt32
  ) -> InflateStep {
    stream.pointee.next_in = source
    stream.pointee.avail_in = sourceCount
    stream.pointee.next_out = target
    stream.pointee.avail_out = targetCount
    let code = CZlib.inflate(stream, Z_NO_FLUSH)
    let outcome: InflateStep.Outcome =
      switch code {
      case Z_OK, Z_BUF_ERROR: .progress
      case Z_STREAM_END: .memberEnd
      default: .damage(stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
      }
    return InflateStep(
      taken: Int(sourceCount - stream.pointee.avail_in),
      written: Int(targetCount - stream.pointee.avail_out), outcome: outcome)
  }
}
