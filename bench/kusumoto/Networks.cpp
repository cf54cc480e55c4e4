//===- Networks.cpp - the seven networks of the paper -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the papers that describe the networks: VGG19 (Simonyan & Zisserman 2014),
// ResNet (He et al. 2015), DenseNet161 (Huang et al. 2016), GoogLeNet (Szegedy et
// al. 2014), U-Net (Ronneberger et al. 2015), PSPNet (Zhao et al. 2016), with the
// choices of the models that Kusumoto et al. ran: ResNets stride in the first
// convolution of a bottleneck and pool without padding, the U-Net has 128 channels
// after its last transposed convolution, PSPNet has 17 classes.
//
//===----------------------------------------------------------------------===//

#include "NetworkBuilder.h"

using namespace remat::bench;

static Tensor convNorm(NetworkBuilder &net, Tensor x, int64_t channels, Window window) {
  return net.batchNorm(net.convolution(x, channels, window));
}

static Tensor convNormRelu(NetworkBuilder &net, Tensor x, int64_t channels, Window window) {
  return net.relu(convNorm(net, x, channels, window));
}

static Tensor convRelu(NetworkBuilder &net, Tensor x, int64_t channels, Window window) {
  return net.relu(net.convolution(x, channels, window, /*bias=*/true));
}

static void buildVGG19(NetworkBuilder &net) {
  Tensor x = net.input(3, 224);
  struct Stage {
    int64_t channels, convolutions;
  };
  for (Stage stage : {Stage{64, 2}, {128, 2}, {256, 4}, {512, 4}, {512, 4}}) {
    for (int64_t i = 0; i < stage.convolutions; ++i)
      x = convRelu(net, x, stage.channels, {3, 1, 1});
    x = net.maxPool(x, {2, 2});
  }
  x = net.flatten(x);
  for (int64_t i = 0; i < 2; ++i)
    x = net.dropout(net.relu(net.linear(x, 4096)));
  net.loss(net.linear(x, 1000));
}

/// Where the network halves its resolution, in which convolution of a bottleneck it does so.
enum class Stride { First, Second };

static Tensor bottleneck(NetworkBuilder &net, Tensor x, int64_t inner, int64_t stride, Stride where, int64_t dilation,
                         bool project) {
  Tensor y = convNormRelu(net, x, inner, {1, where == Stride::First ? stride : 1});
  y = convNormRelu(net, y, inner, {3, where == Stride::Second ? stride : 1, dilation, dilation});
  y = convNorm(net, y, 4 * inner, {1});
  Tensor skip = project ? convNorm(net, x, 4 * inner, {1, stride}) : x;
  return net.relu(net.add(y, skip));
}

static Tensor residualStage(NetworkBuilder &net, Tensor x, int64_t blocks, int64_t inner, int64_t stride, Stride where,
                            int64_t dilation = 1) {
  x = bottleneck(net, x, inner, stride, where, dilation, true);
  for (int64_t i = 1; i < blocks; ++i)
    x = bottleneck(net, x, inner, 1, where, dilation, false);
  return x;
}

static void classify(NetworkBuilder &net, Tensor x) {
  x = net.flatten(net.averagePool(x, {7}));
  net.loss(net.linear(x, 1000));
}

static void buildResNet(NetworkBuilder &net, const std::vector<int64_t> &blocks) {
  Tensor x = net.convolution(net.input(3, 224), 64, {7, 2, 3}, /*bias=*/true);
  x = net.maxPool(net.relu(net.batchNorm(x)), {3, 2, 0, 1, true});
  for (int64_t stage = 0; stage < 4; ++stage)
    x = residualStage(net, x, blocks[stage], 64 << stage, stage ? 2 : 1, Stride::First);
  classify(net, x);
}

static void buildDenseNet161(NetworkBuilder &net) {
  constexpr int64_t growth = 48;
  Tensor x = net.maxPool(convNormRelu(net, net.input(3, 224), 2 * growth, {7, 2, 3}), {3, 2, 1});
  const int64_t layers[] = {6, 12, 36, 24};
  for (int64_t block = 0; block < 4; ++block) {
    if (block)
      x = net.averagePool(net.convolution(net.relu(net.batchNorm(x)), x.channels / 2, {1}), {2, 2});
    for (int64_t i = 0; i < layers[block]; ++i) {
      Tensor y = net.convolution(net.relu(net.batchNorm(x)), 4 * growth, {1});
      y = net.convolution(net.relu(net.batchNorm(y)), growth, {3, 1, 1});
      x = net.concatenate({x, y});
    }
  }
  classify(net, net.relu(net.batchNorm(x)));
}

/// One rectifier after the concatenation, and two losses on the way, as in the networks that
/// were published with the frameworks of the time.
static Tensor inception(NetworkBuilder &net, Tensor x, const std::vector<int64_t> &channels) {
  auto conv = [&](Tensor from, int64_t to, Window window) { return net.convolution(from, to, window, true); };
  Tensor a = conv(x, channels[0], {1});
  Tensor b = conv(convRelu(net, x, channels[1], {1}), channels[2], {3, 1, 1});
  Tensor c = conv(convRelu(net, x, channels[3], {1}), channels[4], {5, 1, 2});
  Tensor d = conv(net.maxPool(x, {3, 1, 1}), channels[5], {1});
  return net.relu(net.concatenate({a, b, c, d}));
}

static Tensor auxiliaryLoss(NetworkBuilder &net, Tensor x) {
  x = convRelu(net, net.averagePool(x, {5, 3}), 128, {1});
  x = net.relu(net.linear(net.flatten(x), 1024));
  return net.loss(net.linear(x, 1000));
}

static void buildGoogLeNet(NetworkBuilder &net) {
  constexpr Window halve = {3, 2, 0, 1, true};
  Tensor x = net.maxPool(convRelu(net, net.input(3, 224), 64, {7, 2, 3}), halve);
  x = convRelu(net, net.localResponseNorm(x), 64, {1});
  x = net.localResponseNorm(convRelu(net, x, 192, {3, 1, 1}));
  x = net.maxPool(x, halve);
  x = inception(net, x, {64, 96, 128, 16, 32, 32});
  x = inception(net, x, {128, 128, 192, 32, 96, 64});
  x = net.maxPool(x, halve);
  x = inception(net, x, {192, 96, 208, 16, 48, 64});
  Tensor first = auxiliaryLoss(net, x);
  x = inception(net, x, {160, 112, 224, 24, 64, 64});
  x = inception(net, x, {128, 128, 256, 24, 64, 64});
  x = inception(net, x, {112, 144, 288, 32, 64, 64});
  Tensor second = auxiliaryLoss(net, x);
  x = inception(net, x, {256, 160, 320, 32, 128, 128});
  x = net.maxPool(x, halve);
  x = inception(net, x, {256, 160, 320, 32, 128, 128});
  x = inception(net, x, {384, 192, 384, 48, 128, 128});
  x = net.flatten(net.dropout(net.averagePool(x, {7})));
  Tensor last = net.loss(net.linear(x, 1000));
  net.add(net.add(first, second), last);
}

static Tensor twoConvolutions(NetworkBuilder &net, Tensor x, int64_t channels) {
  return convRelu(net, convRelu(net, x, channels, {3}), channels, {3});
}

static void buildUNet(NetworkBuilder &net) {
  Tensor x = net.input(1, 572);
  std::vector<Tensor> skips;
  for (int64_t level = 0; level < 4; ++level) {
    x = twoConvolutions(net, x, 64 << level);
    if (level == 3)
      x = net.dropout(x);
    skips.push_back(x);
    x = net.maxPool(x, {2, 2});
  }
  x = net.dropout(twoConvolutions(net, x, 1024));
  for (int64_t level = 3; level >= 0; --level) {
    x = net.relu(net.upConvolution(x, level ? 64 << level : 128));
    x = net.concatenate({net.crop(skips[level], x.height, x.width), x});
    x = twoConvolutions(net, x, 64 << level);
  }
  net.loss(net.convolution(x, 2, {1}, true));
}

/// ResNet101 with a stem of three convolutions, dilated in the last two stages.
static void buildPSPNet(NetworkBuilder &net) {
  constexpr int64_t side = 713, classes = 17;
  Tensor x = convNormRelu(net, net.input(3, side), 64, {3, 2, 1});
  x = convNormRelu(net, convNormRelu(net, x, 64, {3, 1, 1}), 128, {3, 1, 1});
  x = net.maxPool(x, {3, 2, 1});
  x = residualStage(net, x, 3, 64, 1, Stride::Second);
  x = residualStage(net, x, 4, 128, 2, Stride::Second);
  Tensor early = x = residualStage(net, x, 23, 256, 1, Stride::Second, 2);
  x = residualStage(net, x, 3, 512, 1, Stride::Second, 4);

  std::vector<Tensor> levels = {x};
  for (int64_t bins : {6, 3, 2, 1})
    levels.push_back(
        net.interpolate(convNormRelu(net, net.adaptivePool(x, bins), x.channels / 4, {1}), x.height, x.width));
  auto head = [&](Tensor from, Window window, bool sharesLabels) {
    from = net.dropout(convNormRelu(net, from, 512, {3, 1, 1}));
    return net.loss(net.interpolate(net.convolution(from, classes, window, true), side, side), sharesLabels);
  };
  Tensor last = head(net.concatenate(levels), {1}, false);
  net.add(net.scale(head(early, {3, 1, 1}, true)), last);
}

std::vector<Network> remat::bench::makeNetworks() {
  std::vector<Network> networks;
  auto add = [&](const char *name, int64_t batch, auto build, double vanilla, std::vector<int> published) {
    NetworkBuilder net(batch);
    build(net);
    networks.push_back({name, batch, net.graph(), net.layers(), net.inputBytes(), vanilla, published[0], published[1],
                        published[2], published[3], published[4]});
  };
  // Approximate and exact memory-centric, approximate and exact time-centric, Chen.
  add("PSPNet", 2, buildPSPNet, 9.4, {71, 70, 67, 66, 58});
  add("U-Net", 8, buildUNet, 9.1, {45, 48, 26, 42, 18});
  add("ResNet50", 96, [](NetworkBuilder &net) { buildResNet(net, {3, 4, 6, 3}); }, 8.9, {62, 62, 51, 51, 59});
  add("ResNet152", 48, [](NetworkBuilder &net) { buildResNet(net, {3, 8, 36, 3}); }, 9.2, {75, 75, 73, 73, 74});
  add("VGG19", 64, buildVGG19, 7.0, {36, 36, 22, 22, 34});
  add("DenseNet161", 32, buildDenseNet161, 8.5, {81, 80, 78, 79, 79});
  add("GoogLeNet", 256, buildGoogLeNet, 8.5, {39, 39, 36, 30, 24});
  return networks;
}
