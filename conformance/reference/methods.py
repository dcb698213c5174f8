"""The methods: definition and paper of each. Both implementations follow these sentences, and share nothing else.

A is the layer's activation with channels k and places ij of one image (tokens before the grid left out), y the class's score before the
network's softmax or sigmoid, g = dy/dA, Z the number of places. Kinds: of a `map` max(0, values) is drawn, and a `unitless` one is such a map but for a positive factor.
"""

STEPS, SAMPLES, WINDOW = 16, 4, 4

METHODS = {
    "cam": ("map", "CAM", "L = sum_k w_k A_k, w_k the weight of channel k in the linear layer behind the global average", "Zhou et al., CVPR 2016, eq. 2"),
    "grad-cam": ("map", "Grad-CAM", "L = sum_k a_k A_k, a_k = 1/Z sum_ij g_kij", "Selvaraju et al., IJCV 2020, eq. 1 and 2"),
    "grad-cam++": ("unitless", "Grad-CAM++", "L = sum_k w_k A_k, w_k = sum_ij a_kij max(0, g_kij), a_kij = g^2 / (2 g^2 + g^3 sum_ab A_kab), 0 where the denominator is 0; without the factor exp(y) that all weights share, which a tool may keep", "Chattopadhay et al., WACV 2018, eq. 5 and 19"),
    "xgrad-cam": ("map", "XGrad-CAM", "L = sum_k w_k A_k, w_k = sum_ij A_kij g_kij / sum_ij A_kij, 0 where the denominator is 0", "Fu et al., BMVC 2020, eq. 8"),
    "hires-cam": ("map", "HiResCAM", "L = sum_k g_k A_k, place by place", "Draelos and Carin, arXiv:2011.08891, eq. 2"),
    "grad-cam-elementwise": ("map", "Element-wise Grad-CAM", "L = sum_k max(0, g_k A_k), place by place", "Pillai and Pirsiavash, AAAI 2021, section 3"),
    "layer-cam": ("map", "Layer-CAM", "L = sum_k max(0, g_k) A_k, place by place", "Jiang et al., IEEE TIP 2021, eq. 6 and 7"),
    "eigen-cam": ("signless", "Eigen-CAM", "L = O v_1 with O = U S V^T, a row of O for each place and a column for each channel; the sign is left open", "Muhammad and Yeasin, IJCNN 2020, section III"),
    "eigen-cam-centred": ("signless", "Eigen-CAM, centred", "as Eigen-CAM, of O less each column's mean; the sign is left open", "no paper: pytorch-grad-cam's form of Eigen-CAM"),
    "score-cam": ("map", "Score-CAM", "L = sum_k a_k A_k, a = softmax over k of y(x * m_k), m_k = A_k enlarged bilinearly to the picture with half-pixel centres and then scaled to reach from 0 to 1 (0 where it is the same everywhere)", "Wang et al., CVPR Workshops 2020, algorithm 1"),
    "ablation-cam": ("map", "Ablation-CAM", "L = sum_k w_k A_k, w_k = (y - y_k) / y, y_k the score with channel k set to 0 (of tokens in all of them); where y > 0", "Desai and Ramaswamy, WACV 2020, eq. 3"),
    "gradient": ("pixels", "Gradient", "dy/dx", "Simonyan et al., ICLR 2014 workshop, section 3"),
    "gradient-x-input": ("pixels", "Gradient x input", "x dy/dx", "Shrikumar et al., arXiv:1605.01713"),
    "guided-backprop": ("pixels", "Guided backpropagation", "dy/dx where each rectifier (ReLU, ReLU6, LeakyReLU) passes on max(0, its usual gradient)", "Springenberg et al., ICLR 2015 workshop, section 3.4"),
    "integrated-gradients": ("pixels", "Integrated gradients", f"x * sum_i w_i dy/dx(t_i x), from zero, with the {STEPS} nodes t_i and weights w_i of Gauss-Legendre on 0..1", "Sundararajan et al., ICML 2017, eq. 1"),
    "smooth-grad": ("pixels", "SmoothGrad", f"mean over {SAMPLES} samples of dy/dx(x + s n_i), n_i of noise.npy, s = 0.15 (max x - min x)", "Smilkov et al., arXiv:1706.03825, eq. 1"),
    "occlusion": ("windows", "Occlusion", f"p(x) - p(x with a square of zeros), the class's probability behind softmax (sigmoid of a single score); squares of {WINDOW}x{WINDOW} pixels side by side", "Zeiler and Fergus, ECCV 2014, section 4.2"),
}
