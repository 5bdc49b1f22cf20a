from weather_kit.tools import *
