print("evt")
