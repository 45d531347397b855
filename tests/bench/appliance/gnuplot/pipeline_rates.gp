# SPDX-License-Identifier: BSD-3-Clause
set ylabel "M requests/s"
plot data using 2:xtic(1) title "testpmd (macswap)" linecolor rgb grey, \
     "" using 3 title "Weir, io lcore + worker" linecolor rgb blue, \
     "" using 4 title "Weir, one lcore" linecolor rgb sky, \
     "" using ($0-0.25):2:(sprintf("%.1f", $2)) with labels offset 0,0.6 notitle, \
     "" using ($0):3:(sprintf("%.1f", $3)) with labels offset 0,0.6 notitle, \
     "" using ($0+0.25):4:(sprintf("%.1f", $4)) with labels offset 0,0.6 notitle
