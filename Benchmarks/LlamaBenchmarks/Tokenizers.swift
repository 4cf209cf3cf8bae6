import Benchmark
import Foundation
import LlamaCore

/// Byte-pair encoding with a small vocabulary of Llama 3's kind, on one thread.
func addTokenizer() {
  Rate.bytes.add("Tokenizer load") {
    (Fixtures.tokenizer, try Data(contentsOf: Fixtures.tokenizer).count)
  } body: {
    blackHole(try Tokenizer(contentsOf: $0))
  }

  Rate.bytes.add("Tokenizer encode") {
    let text = try Fixtures.text()
    return ((tokenizer: try Tokenizer(contentsOf: Fixtures.tokenizer), text: text), text.utf8.count)
  } body: {
    blackHole($0.tokenizer.encode($0.text))
  }
}
