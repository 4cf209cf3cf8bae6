#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Prints the ten most frequent words of a file, the most frequent first, ties in alphabetical order.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: word_count FILE\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  if (!file) {
    std::cerr << argv[1] << ": cannot open\n";
    return 1;
  }

  std::map<std::string, long> counts;
  std::string word;
  char c;
  while (file.get(c)) {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      ++counts[word];
      word.clear();
    }
  }
  if (!word.empty()) ++counts[word];

  std::vector<std::pair<std::string, long>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  for (std::size_t i = 0; i < ranked.size() && i < 10; ++i) {
    std::cout << ranked[i].second << '\t' << ranked[i].first << '\n';
  }
}
