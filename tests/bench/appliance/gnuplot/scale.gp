# SPDX-License-Identifier: BSD-3-Clause
set ylabel "M announces/s"
set boxwidth 0.5
plot data using 2:xtic(1) notitle linecolor rgb blue, \
     "" using 0:2:(sprintf("%.2f", $2)) with labels offset 0,0.6 notitle
