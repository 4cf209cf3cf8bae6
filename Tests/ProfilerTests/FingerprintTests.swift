import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport
import Testing

@Suite struct FingerprintTests {
  // The first three are NIST's examples (FIPS 180-2, appendix B).
  @Test(arguments: [
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("a", 1_000_003, "cf5f310cac13bb0f1de288d09940e8ee441e8d5d88b0fd4ec6021c405fda8c8c"),
  ])
  func `SHA-256 agrees with the standard`(text: String, count: Int, expected: String) {
    var hash = SHA256()
    hash.update(String(repeating: text, count: count))
    #expect(hash.hexadecimal() == expected)
  }

  /// Bytes `(7 i + n) mod 256`; the hashes are Python's `hashlib`.
  @Test(arguments: [
    (55, "81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72"),
    (56, "2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1"),
    (57, "903284efbf9100e8ba1614ec65eacacad125e03f857cae7acbf8b73b23e0fdfe"),
    (63, "733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e"),
    (64, "79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8"),
    (65, "d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720"),
    (119, "6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e"),
    (120, "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"),
    (128, "489d55fea9a73af36b6dd0be7b4117d8e5683386d39544e8a44c99a87f368707"),
    (1000, "6b0df76627243d095b0c4400cb658b7e804dd03461cc03aee8fc8fe0bcada168"),
  ])
  func `SHA-256 does not depend on how the bytes are cut`(count: Int, expected: String) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) }
    for size in [1, 13, 64, 100, count] {
      var hash = SHA256()
      for start in stride(from: 0, to: count, by: size) {
        hash.update(bytes.span.extracting(start..<min(start + size, count)))
      }
      #expect(hash.hexadecimal() == expected, "pieces of \(size)")
    }
  }

  @Test func `a model's fingerprint is the hash of its configuration and its tensor list`() throws {
    let folder = try TemporaryFolder()
    // Tensors in the file's order, which is not that of their names.
    let header =
      #"{"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a\"":{"dtype":"BF16","shape":[],"#
      + #""data_offsets":[8,10]}}"#
    var file = Data(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init))
    file += Data(header.utf8) + Data(repeating: 7, count: 10)
    try file.write(to: folder.url.appending(path: "model.safetensors"))
    try Data("{}".utf8).write(to: folder.url.appending(path: "config.json"))

    var hash = SHA256()
    hash.update("config 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n")
    hash.update("tensor \"a\\\"\" BF16 [] 2\ntensor \"b\" F32 [2,1] 8\n")
    let fingerprint = try Fingerprint(of: try Checkpoint(directory: folder.url))
    #expect(fingerprint.hexadecimal == hash.hexadecimal())
  }
}
