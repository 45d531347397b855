# SPDX-License-Identifier: BSD-3-Clause
set ylabel "us, from when a request was due"
set logscale y
set yrange [1:*]
set offsets 0, 0, 0, 0
set bmargin 4
plot data using 2:xtic(1) title "median" linecolor rgb sky, \
     "" using 3 title "99 %" linecolor rgb blue, \
     "" using 4 title "99.9 %" linecolor rgb orange, \
     "" using ($0-0.25):2:(sprintf("%.0f", $2)) with labels offset 0,0.6 notitle, \
     "" using ($0):3:(sprintf("%.0f", $3)) with labels offset 0,0.6 notitle, \
     "" using ($0+0.25):4:(sprintf("%.0f", $4)) with labels offset 0,0.6 notitle
